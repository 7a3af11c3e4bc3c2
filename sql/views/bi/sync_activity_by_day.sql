-- Runs as: bi_owner
--
-- The materialized view holds every tenant's rows and knows no policy: this predicate is what separates them, and the
-- barrier keeps a reader's own functions behind it.
CREATE OR REPLACE VIEW bi.sync_activity_by_day WITH (security_barrier = true) AS
SELECT
    a.bucket_start AS day_start,
    a.connection_id,
    a.run_count,
    a.succeeded_count,
    a.partial_count,
    a.failed_count,
    a.rows_read,
    a.rows_written,
    a.rows_rejected,
    a.bytes_read,
    a.duration_seconds,
    a.drift_count,
    c.source_system
FROM data_summary.activity_by_day AS a
LEFT JOIN data.connections AS c ON c.tenant_id = a.tenant_id AND c.connection_id = a.connection_id
WHERE a.tenant_id = (SELECT auth.bi_tenant_id());
COMMENT ON VIEW bi.sync_activity_by_day IS
    'What was synced by day and connection, of 400 days. As fresh as the last refresh, every ten minutes; a day without syncs and drift has no row.';
COMMENT ON COLUMN bi.sync_activity_by_day.day_start       IS 'When the day begins, in UTC.';
COMMENT ON COLUMN bi.sync_activity_by_day.connection_id    IS 'Connection that was read; joins bi.connections.';
COMMENT ON COLUMN bi.sync_activity_by_day.run_count        IS 'Runs that began in the day.';
COMMENT ON COLUMN bi.sync_activity_by_day.succeeded_count  IS 'Those that succeeded.';
COMMENT ON COLUMN bi.sync_activity_by_day.partial_count    IS 'Those that stopped at a limit.';
COMMENT ON COLUMN bi.sync_activity_by_day.failed_count     IS 'Those that failed.';
COMMENT ON COLUMN bi.sync_activity_by_day.rows_read        IS 'Rows read.';
COMMENT ON COLUMN bi.sync_activity_by_day.rows_written     IS 'Records made, changed or removed.';
COMMENT ON COLUMN bi.sync_activity_by_day.rows_rejected    IS 'Rows that could not be turned into records.';
COMMENT ON COLUMN bi.sync_activity_by_day.bytes_read       IS 'Bytes read.';
COMMENT ON COLUMN bi.sync_activity_by_day.duration_seconds IS 'How long the runs took together, in seconds.';
COMMENT ON COLUMN bi.sync_activity_by_day.drift_count      IS 'Differences that were found in the source in the day.';
COMMENT ON COLUMN bi.sync_activity_by_day.source_system    IS 'What the connection''s records call their source.';
GRANT SELECT ON bi.sync_activity_by_day TO bi_reader;
