-- Requires: functions/data/free_connection.sql
-- Requires: functions/data/usable_connection.sql
-- Requires: functions/work/enqueue.sql
-- Begins a sync of a connection: every active mapping, one after the other, in the background.
--
-- Role:    member, worker
-- Definer: lends the recording of the sync and its job, for the caller's tenant
-- Takes:   mode: incremental goes on where reading stopped; full reads everything and notices rows that have gone
-- Returns: the id of its first job. data.syncs says which sync it is
-- Errors:  PT400 invalid              400  the mode is neither full nor incremental
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 connection_paused    409  the connection is paused
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
CREATE OR REPLACE FUNCTION data.start_sync(connection_id uuid, mode text DEFAULT 'incremental')
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.usable_connection(start_sync.connection_id);
    v_sync_id CONSTANT uuid := gen_random_uuid();
    v_job_id  bigint;
BEGIN
    IF start_sync.mode IS NULL OR start_sync.mode NOT IN ('full', 'incremental') THEN
        PERFORM api.invalid(('mode', 'invalid_value', 'Use full or incremental.')::api.fault);
    ELSIF v_connection.status = 'PAUSED' THEN
        PERFORM api.fail('connection_paused', 'This connection is paused.', 409);
    END IF;
    PERFORM data.free_connection(v_connection);
    v_job_id := work.enqueue(
        'data.sync', jsonb_build_object('sync_id', v_sync_id), unique_key => v_sync_id::text);
    INSERT INTO data.syncs AS s (tenant_id, sync_id, connection_id, mode, job_id)
    VALUES (v_connection.tenant_id, v_sync_id, v_connection.connection_id, start_sync.mode, v_job_id);
    RETURN v_job_id;
END;
$$;
COMMENT ON FUNCTION data.start_sync(uuid, text) IS 'Begins a sync of a connection, in the background.';
GRANT EXECUTE ON FUNCTION data.start_sync(uuid, text) TO member, worker;
