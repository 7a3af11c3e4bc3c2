-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/activity_history.sql
-- What was synced, and how much drifted, hour by hour or day by day in UTC, as of refreshed_at. Without times the last day
-- by the hour, or the last 30 days by the day; without a connection of all.
--
-- Role:    member
-- Returns: 200 {bucket, from, to, refreshed_at, points: [{at, runs, succeeded, partial, failed, records_read,
--          records_written, records_rejected, bytes, duration_seconds, drift_events}]}
-- Errors:  PT400 invalid      400  from is not before to, or they are more than 31 days of hours or 366 days apart
--          PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.metrics_history(
    bucket data.time_bucket DEFAULT 'hour', "from" timestamptz DEFAULT NULL, "to" timestamptz DEFAULT NULL,
    connection_id text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_longest CONSTANT interval    := CASE metrics_history.bucket WHEN 'hour' THEN '31 days' ELSE '366 days' END;
    v_usual   CONSTANT interval    := CASE metrics_history.bucket WHEN 'hour' THEN '1 day' ELSE '30 days' END;
    v_to      CONSTANT timestamptz := COALESCE(metrics_history."to", metrics_history."from" + v_usual, now());
    v_from    CONSTANT timestamptz := COALESCE(metrics_history."from", v_to - v_usual);
    v_id      uuid;
BEGIN
    PERFORM autonomos.require_aam();
    IF metrics_history.connection_id IS NOT NULL THEN
        v_id := autonomos.connection_id(metrics_history.connection_id);
    END IF;
    IF v_from >= v_to THEN
        PERFORM api.invalid(('from', 'out_of_range', 'must be before to')::api.fault);
    ELSIF v_to - v_from > v_longest THEN
        PERFORM api.invalid(('from', 'out_of_range', format(
            'must be at most %s days before to', extract(day FROM v_longest)))::api.fault);
    END IF;
    RETURN (
        SELECT json_build_object(
            'bucket', metrics_history.bucket, 'from', core.rfc3339(v_from), 'to', core.rfc3339(v_to),
            'refreshed_at', (SELECT core.rfc3339(s.refreshed_at) FROM data.summary_refreshes AS s WHERE s.summary = 'activity'),
            'points', json_agg(json_build_object(
                'at', core.rfc3339(h.bucket_start), 'runs', h.run_count, 'succeeded', h.succeeded_count,
                'partial', h.partial_count, 'failed', h.failed_count, 'records_read', h.rows_read,
                'records_written', h.rows_written, 'records_rejected', h.rows_rejected, 'bytes', h.bytes_read,
                'duration_seconds', h.duration_seconds, 'drift_events', h.drift_count) ORDER BY h.bucket_start))
        FROM data.activity_history(metrics_history.bucket, v_from, v_to, v_id) AS h
    );
END;
$$;
COMMENT ON FUNCTION autonomos.metrics_history(data.time_bucket, timestamptz, timestamptz, text) IS
    'What was synced, and how much drifted, hour by hour or day by day.';
GRANT EXECUTE ON FUNCTION autonomos.metrics_history(data.time_bucket, timestamptz, timestamptz, text) TO member;
SELECT api.route('GET /api/v1/aam/metrics/history', 'autonomos.metrics_history',
    rate => 'read', tag => 'AAM',
    returns => '{
        "bucket": "hour|day", "from": "date-time", "to": "date-time", "refreshed_at": "string?",
        "points": [{"at": "date-time", "runs": "integer", "succeeded": "integer", "partial": "integer", "failed": "integer",
                    "records_read": "integer", "records_written": "integer", "records_rejected": "integer",
                    "bytes": "integer", "duration_seconds": "number", "drift_events": "integer"}]}',
    errors => '{400 invalid the times are out of range,404 not_found the tenant has no such connection,503 unavailable AAM models not configured}');
