-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.sync_runs AS
SELECT
    r.sync_run_id,
    r.connection_id,
    r.entity,
    r.status,
    r.started_at,
    r.finished_at,
    extract(epoch FROM r.finished_at - r.started_at) AS duration_seconds,
    r.rows_read,
    r.rows_inserted,
    r.rows_updated,
    r.rows_unchanged,
    r.rows_rejected,
    r.rows_removed,
    r.bytes_read,
    r.error_code
FROM data.sync_runs AS r;
COMMENT ON VIEW bi.sync_runs IS 'One row for each time an entity was read from a connection. Times are in UTC.';
COMMENT ON COLUMN bi.sync_runs.sync_run_id      IS 'Id of the run.';
COMMENT ON COLUMN bi.sync_runs.connection_id    IS 'Connection that was read; joins bi.connections.';
COMMENT ON COLUMN bi.sync_runs.entity           IS 'What the rows became: account, contact or opportunity.';
COMMENT ON COLUMN bi.sync_runs.status           IS 'succeeded, partial (stopped at its limit) or failed.';
COMMENT ON COLUMN bi.sync_runs.started_at       IS 'When the run began, in UTC.';
COMMENT ON COLUMN bi.sync_runs.finished_at      IS 'When the run ended, in UTC.';
COMMENT ON COLUMN bi.sync_runs.duration_seconds IS 'How long it took, in seconds.';
COMMENT ON COLUMN bi.sync_runs.rows_read        IS 'Rows read: the sum of the next four.';
COMMENT ON COLUMN bi.sync_runs.rows_inserted    IS 'Rows that became new records.';
COMMENT ON COLUMN bi.sync_runs.rows_updated     IS 'Rows that changed a record.';
COMMENT ON COLUMN bi.sync_runs.rows_unchanged   IS 'Rows that changed nothing.';
COMMENT ON COLUMN bi.sync_runs.rows_rejected    IS 'Rows that could not be turned into records.';
COMMENT ON COLUMN bi.sync_runs.rows_removed     IS 'Records marked or deleted because the source no longer has them.';
COMMENT ON COLUMN bi.sync_runs.bytes_read       IS 'Bytes read, as JSON text.';
COMMENT ON COLUMN bi.sync_runs.error_code       IS 'Why the run failed or stopped; NULL: it did not.';
GRANT SELECT ON bi.sync_runs TO bi_reader;
