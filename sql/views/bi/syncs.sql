-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.syncs AS
SELECT
    s.sync_id,
    s.connection_id,
    s.mode,
    s.status,
    s.created_at,
    s.started_at,
    s.finished_at,
    extract(epoch FROM s.finished_at - s.started_at) AS duration_seconds,
    s.step_count,
    s.rows_read,
    s.rows_inserted,
    s.rows_updated,
    s.rows_unchanged,
    s.rows_rejected,
    s.rows_removed,
    s.bytes_read,
    s.rows_estimated,
    s.error_code,
    s.requested_by AS requested_by_user_id
FROM data.syncs AS s;
COMMENT ON VIEW bi.syncs IS
    'One row for each time a connection was synchronized: all of its mappings, whose parts are bi.sync_runs. Times are in UTC.';
COMMENT ON COLUMN bi.syncs.sync_id              IS 'Id of the sync.';
COMMENT ON COLUMN bi.syncs.connection_id        IS 'Connection that was synchronized; joins bi.connections.';
COMMENT ON COLUMN bi.syncs.mode                 IS 'incremental (goes on where reading stopped) or full (reads everything, and notices what has gone).';
COMMENT ON COLUMN bi.syncs.status               IS 'queued, running, succeeded, partial, failed or cancelled.';
COMMENT ON COLUMN bi.syncs.created_at           IS 'When it was asked for, in UTC.';
COMMENT ON COLUMN bi.syncs.started_at           IS 'When its first step began, in UTC.';
COMMENT ON COLUMN bi.syncs.finished_at          IS 'When it ended, in UTC; NULL: it has not.';
COMMENT ON COLUMN bi.syncs.duration_seconds     IS 'How long it took, in seconds.';
COMMENT ON COLUMN bi.syncs.step_count           IS 'Steps that were committed so far.';
COMMENT ON COLUMN bi.syncs.rows_read            IS 'Rows read: the sum of the next four.';
COMMENT ON COLUMN bi.syncs.rows_inserted        IS 'Rows that became new records.';
COMMENT ON COLUMN bi.syncs.rows_updated         IS 'Rows that changed a record.';
COMMENT ON COLUMN bi.syncs.rows_unchanged       IS 'Rows that changed nothing.';
COMMENT ON COLUMN bi.syncs.rows_rejected        IS 'Rows that could not be turned into records.';
COMMENT ON COLUMN bi.syncs.rows_removed         IS 'Records marked or deleted because the source no longer has them.';
COMMENT ON COLUMN bi.syncs.bytes_read           IS 'Bytes read.';
COMMENT ON COLUMN bi.syncs.rows_estimated       IS 'How many rows there probably are; NULL: not known.';
COMMENT ON COLUMN bi.syncs.error_code           IS 'Why it failed or stopped; NULL: it did not.';
COMMENT ON COLUMN bi.syncs.requested_by_user_id IS 'Who asked for it; NULL: a schedule.';
GRANT SELECT ON bi.syncs TO bi_reader;
