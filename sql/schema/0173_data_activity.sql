-- Runs as: administrator
--
-- What was synced, hour by hour and day by day, of all tenants: owned by the role whose policies see them all.

CREATE POLICY sync_runs_summary ON data.sync_runs FOR SELECT TO data_refresher USING (true);
CREATE POLICY drift_events_summary ON data.drift_events FOR SELECT TO data_refresher USING (true);
GRANT SELECT (
    tenant_id, connection_id, status, started_at, finished_at, rows_read, rows_inserted, rows_updated, rows_removed,
    rows_rejected, bytes_read) ON data.sync_runs TO data_refresher;
GRANT SELECT (tenant_id, connection_id, created_at) ON data.drift_events TO data_refresher;

CREATE TYPE data.time_bucket AS ENUM ('hour', 'day');
ALTER TYPE data.time_bucket OWNER TO pgserver_owner;
COMMENT ON TYPE data.time_bucket IS 'How finely a history is cut; in UTC.';

CREATE TABLE data.summary_refreshes (
    summary      text        NOT NULL,
    refreshed_at timestamptz NOT NULL,

    CONSTRAINT summary_refreshes_pkey PRIMARY KEY (summary)
);
ALTER TABLE data.summary_refreshes OWNER TO pgserver_owner;
COMMENT ON TABLE data.summary_refreshes IS 'When what is summed up for all tenants was last brought up to date.';
GRANT SELECT ON data.summary_refreshes TO member, bi_owner;

SET LOCAL ROLE data_refresher;

DO $$
DECLARE
    v_bucket text;
BEGIN
    FOREACH v_bucket IN ARRAY ARRAY['hour', 'day'] LOOP
        EXECUTE format($view$
            CREATE MATERIALIZED VIEW data_summary.activity_by_%1$s AS
            SELECT
                a.tenant_id, a.connection_id, a.bucket_start,
                sum(a.run_count)::bigint        AS run_count,
                sum(a.succeeded_count)::bigint  AS succeeded_count,
                sum(a.partial_count)::bigint    AS partial_count,
                sum(a.failed_count)::bigint     AS failed_count,
                sum(a.rows_read)::bigint        AS rows_read,
                sum(a.rows_written)::bigint     AS rows_written,
                sum(a.rows_rejected)::bigint    AS rows_rejected,
                sum(a.bytes_read)::bigint       AS bytes_read,
                sum(a.duration_seconds)         AS duration_seconds,
                sum(a.drift_count)::bigint      AS drift_count
            FROM (
                SELECT
                    r.tenant_id, r.connection_id, date_trunc(%1$L, r.started_at, 'UTC') AS bucket_start,
                    count(*) AS run_count,
                    count(*) FILTER (WHERE r.status = 'succeeded') AS succeeded_count,
                    count(*) FILTER (WHERE r.status = 'partial')   AS partial_count,
                    count(*) FILTER (WHERE r.status = 'failed')    AS failed_count,
                    sum(r.rows_read) AS rows_read,
                    sum(r.rows_inserted + r.rows_updated + r.rows_removed) AS rows_written,
                    sum(r.rows_rejected) AS rows_rejected,
                    sum(r.bytes_read) AS bytes_read,
                    COALESCE(sum(extract(epoch FROM r.finished_at - r.started_at)), 0) AS duration_seconds,
                    0 AS drift_count
                FROM data.sync_runs AS r
                WHERE r.started_at >= date_trunc(%1$L, now(), 'UTC') - interval %2$L
                GROUP BY 1, 2, 3
                UNION ALL
                SELECT
                    d.tenant_id, d.connection_id, date_trunc(%1$L, d.created_at, 'UTC'),
                    0, 0, 0, 0, 0, 0, 0, 0, 0, count(*)
                FROM data.drift_events AS d
                WHERE d.created_at >= date_trunc(%1$L, now(), 'UTC') - interval %2$L
                GROUP BY 1, 2, 3
            ) AS a
            GROUP BY a.tenant_id, a.connection_id, a.bucket_start
            $view$, v_bucket, CASE v_bucket WHEN 'hour' THEN '32 days' ELSE '400 days' END);
        EXECUTE format(
            'CREATE UNIQUE INDEX activity_by_%1$s_key ON data_summary.activity_by_%1$s (tenant_id, bucket_start, connection_id)',
            v_bucket);
        EXECUTE format('GRANT SELECT ON data_summary.activity_by_%s TO bi_owner, pgserver_owner', v_bucket);
    END LOOP;
END;
$$;
COMMENT ON MATERIALIZED VIEW data_summary.activity_by_hour IS 'Syncs and drift of all tenants'' connections by the hour, of 32 days.';
COMMENT ON MATERIALIZED VIEW data_summary.activity_by_day IS 'Syncs and drift of all tenants'' connections by the day, of 400 days.';

RESET ROLE;
