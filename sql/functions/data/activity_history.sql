-- What was synced for the caller's tenant, bucket by bucket and without gaps, as of the last refresh.
--
-- Role:    member
-- Definer: lends the reading of the materialized views behind it, for the caller's tenant only
-- Takes:   connection_id: NULL for all
CREATE OR REPLACE FUNCTION data.activity_history(
    bucket data.time_bucket, since timestamptz, until timestamptz, connection_id uuid DEFAULT NULL)
RETURNS TABLE (
    bucket_start timestamptz, run_count bigint, succeeded_count bigint, partial_count bigint, failed_count bigint,
    rows_read bigint, rows_written bigint, rows_rejected bigint, bytes_read bigint, duration_seconds numeric,
    drift_count bigint)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH activity AS (
        SELECT h.* FROM data_summary.activity_by_hour AS h
        WHERE activity_history.bucket = 'hour' AND h.tenant_id = auth.tenant_id()
        UNION ALL
        SELECT d.* FROM data_summary.activity_by_day AS d
        WHERE activity_history.bucket = 'day' AND d.tenant_id = auth.tenant_id()
    )
    SELECT
        b.at AT TIME ZONE 'UTC', COALESCE(sum(a.run_count), 0)::bigint, COALESCE(sum(a.succeeded_count), 0)::bigint,
        COALESCE(sum(a.partial_count), 0)::bigint, COALESCE(sum(a.failed_count), 0)::bigint,
        COALESCE(sum(a.rows_read), 0)::bigint, COALESCE(sum(a.rows_written), 0)::bigint,
        COALESCE(sum(a.rows_rejected), 0)::bigint, COALESCE(sum(a.bytes_read), 0)::bigint,
        round(COALESCE(sum(a.duration_seconds), 0), 3), COALESCE(sum(a.drift_count), 0)::bigint
    FROM generate_series(
        date_trunc(activity_history.bucket::text, activity_history.since AT TIME ZONE 'UTC'),
        activity_history.until AT TIME ZONE 'UTC', ('1 ' || activity_history.bucket)::interval) AS b (at)
    LEFT JOIN activity AS a
        ON a.bucket_start = b.at AT TIME ZONE 'UTC'
        AND (a.connection_id = activity_history.connection_id OR activity_history.connection_id IS NULL)
    GROUP BY b.at
    ORDER BY b.at;
END;
$$;
COMMENT ON FUNCTION data.activity_history(data.time_bucket, timestamptz, timestamptz, uuid) IS
    'What was synced for the caller''s tenant, bucket by bucket.';
GRANT EXECUTE ON FUNCTION data.activity_history(data.time_bucket, timestamptz, timestamptz, uuid) TO member;
