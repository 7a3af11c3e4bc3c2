-- Publishes what a run has done, a stage each, as far as it has come: all commit together with the end of the run.
--
--   drift          the source's columns are not those of the last run; counts columns
--   ingested       rows were read from the source
--   canonicalized  rows became records, or were found to be the record as it stands; counts rows, not rejects
--   materialized   records as lists and views show them are other than before; the time is the whole run's
--   journaled      the run, its cursor and its lineage were written down
--   finished       the run ended, in whatever way
--
-- A page is read, turned and journaled by one statement, so ingested, canonicalized and journaled tell the same time. A
-- stage that had nothing to do is not told; a run that was cut off before it read anything is only finished.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.publish_stages(connection data.connections, run data.sync_runs)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_written CONSTANT bigint := run.rows_inserted + run.rows_updated + run.rows_removed;
BEGIN
    PERFORM core.publish(
        'data.sync', 'data.sync.' || s.stage,
        jsonb_build_object(
            'stage', s.stage, 'connection_id', run.connection_id, 'mapping_id', run.mapping_id, 'sync_id', run.sync_id,
            'source_system', connection.source_system, 'entity', run.entity, 'record_count', s.record_count,
            'processing_time_ms', round(extract(epoch FROM s.time) * 1000)),
        'sync_run', run.sync_run_id::text, run.tenant_id)
    FROM (VALUES
        (1, 'drift',         run.drifted::bigint,                run.compare_time),
        (2, 'ingested',      run.rows_read,                      run.page_time),
        (3, 'canonicalized', run.rows_read - run.rows_rejected,  run.page_time),
        (4, 'materialized',  v_written,                          run.finished_at - run.started_at),
        (5, 'journaled',     run.rows_read + run.rows_removed,   run.page_time)
    ) AS s (rank, stage, record_count, time)
    WHERE s.record_count > 0
    ORDER BY s.rank;
    PERFORM core.publish(
        'data.sync', 'data.sync.finished',
        jsonb_build_object(
            'connection_id', run.connection_id, 'mapping_id', run.mapping_id, 'sync_id', run.sync_id,
            'source_system', connection.source_system, 'entity', run.entity, 'record_type', run.record_type,
            'status', run.status, 'error_code', run.error_code, 'rows_read', run.rows_read,
            'rows_inserted', run.rows_inserted, 'rows_updated', run.rows_updated, 'rows_unchanged', run.rows_unchanged,
            'rows_rejected', run.rows_rejected, 'rows_removed', run.rows_removed,
            'processing_time_ms', round(extract(epoch FROM run.finished_at - run.started_at) * 1000)),
        'sync_run', run.sync_run_id::text, run.tenant_id);
END;
$$;
COMMENT ON FUNCTION data.publish_stages(data.connections, data.sync_runs) IS 'Publishes what a run has done, a stage each.';
