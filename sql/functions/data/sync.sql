-- Requires: functions/data/continue_run.sql
-- Requires: functions/data/end_sync.sql
-- Requires: functions/data/free_connection.sql
-- Requires: functions/data/next_run.sql
-- Requires: functions/data/usable_connection.sql
-- Brings the records of a connection up to date at once, in the caller's transaction: every active mapping, each from
-- where it stopped. data.start_sync() does the same in the background and in steps.
--
-- Role:    member, worker
-- Definer: lends the reading of sources and the writing of records, for the caller's tenant only
-- Returns: {sync_id, connection_id, status, rows_read, rows_inserted, rows_updated, rows_unchanged, rows_rejected,
--          rows_removed, bytes_read, runs: [...]}. A source that fails is an answer (status failed), for raising would
--          undo the record of it. max_rows bounds the rows read per mapping; is_full forgets where reading stopped.
-- Errors:  PT400 invalid              400  max_rows is not from 1 to 10000000
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 connection_paused    409  the connection is paused
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.sync(connection_id uuid, max_rows int DEFAULT 100000, is_full boolean DEFAULT false)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.usable_connection(sync.connection_id);
    v_sync       data.syncs;
    v_run        data.sync_runs;
BEGIN
    IF sync.max_rows IS NULL OR sync.max_rows NOT BETWEEN 1 AND 10000000 THEN
        PERFORM api.invalid(('max_rows', 'invalid_value', 'Use a number from 1 to 10000000.')::api.fault);
    ELSIF v_connection.status = 'PAUSED' THEN
        PERFORM api.fail('connection_paused', 'This connection is paused.', 409);
    END IF;
    PERFORM data.free_connection(v_connection);
    INSERT INTO data.syncs AS s (tenant_id, connection_id, mode, status, started_at)
    VALUES (
        v_connection.tenant_id, v_connection.connection_id,
        CASE WHEN sync.is_full THEN 'full' ELSE 'incremental' END, 'running', clock_timestamp())
    RETURNING s.* INTO STRICT v_sync;
    LOOP
        v_run := data.next_run(v_connection, v_sync);
        EXIT WHEN v_run.sync_run_id IS NULL;
        IF v_run.status = 'running' THEN
            PERFORM data.continue_run(v_connection, v_run, sync.max_rows);
        END IF;
    END LOOP;
    v_sync := data.end_sync(v_sync);
    RETURN jsonb_build_object(
        'sync_id', v_sync.sync_id, 'connection_id', v_sync.connection_id, 'status', v_sync.status,
        'rows_read', v_sync.rows_read, 'rows_inserted', v_sync.rows_inserted, 'rows_updated', v_sync.rows_updated,
        'rows_unchanged', v_sync.rows_unchanged, 'rows_rejected', v_sync.rows_rejected,
        'rows_removed', v_sync.rows_removed, 'bytes_read', v_sync.bytes_read,
        'runs', (
            SELECT COALESCE(jsonb_agg(to_jsonb(r) - 'tenant_id' ORDER BY r.entity, r.record_type), '[]')
            FROM data.sync_runs AS r
            WHERE r.tenant_id = v_sync.tenant_id AND r.sync_id = v_sync.sync_id));
END;
$$;
COMMENT ON FUNCTION data.sync(uuid, int, boolean) IS 'Brings the records of a connection up to date at once.';
GRANT EXECUTE ON FUNCTION data.sync(uuid, int, boolean) TO member, worker;
