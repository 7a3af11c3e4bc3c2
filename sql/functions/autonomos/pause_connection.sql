-- Requires: functions/autonomos/get_connection.sql
-- Requires: functions/data/pause_connection.sql
-- Pauses a connection: it is neither read nor discovered until it is resumed, and keeps its mappings.
--
-- Role:    member
-- Returns: 200 {id, name, source_type, status, …}
-- Errors:  PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
--          PT503 unavailable      503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.pause_connection(connection_id text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.pause_connection(
        autonomos.connection_id(pause_connection.connection_id), is_paused => true);
    RETURN autonomos.get_connection(pause_connection.connection_id);
END;
$$;
COMMENT ON FUNCTION autonomos.pause_connection(text) IS 'Pauses a connection.';
GRANT EXECUTE ON FUNCTION autonomos.pause_connection(text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/pause', 'autonomos.pause_connection', permission => 'connections.write',
    rate => 'write', tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,409 connection_busy a sync or a change of this connection is under way,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "source_type": "string", "status": "PENDING|ACTIVE|PAUSED|FAILED",
        "last_discovery_at": "string?", "mapping_count": "integer", "last_event_type": "string?",
        "last_event_at": "string?", "has_drift": "boolean", "last_sync_status": "string?",
        "last_sync_records": "integer?", "last_sync_bytes": "integer?", "last_sync_at": "string?", "slug": "string",
        "source_system": "string", "configuration": "object", "health": "unknown|healthy|degraded|unhealthy",
        "health_checked_at": "string?", "last_error": "string?", "schema_version": "integer?", "created_at": "string",
        "updated_at": "string"
    }');
