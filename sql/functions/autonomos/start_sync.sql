-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/start_sync.sql
-- Begins a sync of a connection, in the background.
--
-- Role:    member
-- Returns: 202 {job_id, sync_id, status, connection_id, mode}
-- Errors:  PT400 invalid              400  the mode is neither full nor incremental
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 connection_paused    409  the connection is paused
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT503 unavailable          503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.start_sync(connection_id uuid, mode text DEFAULT 'incremental')
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_job_id bigint;
    v_sync   data.syncs;
BEGIN
    PERFORM autonomos.require_aam();
    v_job_id := data.start_sync(start_sync.connection_id, start_sync.mode);
    SELECT s.* INTO STRICT v_sync FROM data.syncs AS s WHERE s.connection_id = start_sync.connection_id AND s.job_id = v_job_id;
    RETURN json_build_object(
        'job_id', 'job-' || v_sync.sync_id, 'sync_id', v_sync.sync_id, 'status', v_sync.status,
        'connection_id', v_sync.connection_id, 'mode', v_sync.mode);
END;
$$;
COMMENT ON FUNCTION autonomos.start_sync(uuid, text) IS 'Begins a sync of a connection, in the background.';
GRANT EXECUTE ON FUNCTION autonomos.start_sync(uuid, text) TO member;
SELECT api.route('POST /api/v1/aam/connections/{connection_id}/sync', 'autonomos.start_sync',
    rate => 'write', status => 202, tag => 'AAM',
    returns => '{"job_id": "string", "sync_id": "uuid", "status": "string", "connection_id": "uuid",
                 "mode": "full|incremental"}',
    errors => '{invalid,forbidden,not_found,"409 connection_busy This connection is being synchronized or changed right now","409 connection_paused This connection is paused","409 disconnected This connection was disconnected","422 address_not_allowed This server may not connect to that host",unavailable}');
