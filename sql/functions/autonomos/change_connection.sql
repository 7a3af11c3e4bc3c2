-- Requires: functions/autonomos/get_connection.sql
-- Requires: functions/data/change_connection.sql
-- Changes what is given of a connection: its name, members of its configuration (null for the default), its secrets.
--
-- Role:    member
-- Returns: 200 {id, name, source_type, …}
-- Errors:  PT400 invalid              400  a field is unknown or malformed; each is named
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT503 unavailable          503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.change_connection(
    connection_id text, name text DEFAULT NULL, configuration jsonb DEFAULT NULL, secrets jsonb DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.change_connection(
        autonomos.connection_id(change_connection.connection_id), change_connection.name,
        change_connection.configuration, change_connection.secrets);
    RETURN autonomos.get_connection(change_connection.connection_id);
END;
$$;
COMMENT ON FUNCTION autonomos.change_connection(text, text, jsonb, jsonb) IS 'Changes what is given of a connection.';
GRANT EXECUTE ON FUNCTION autonomos.change_connection(text, text, jsonb, jsonb) TO member;
SELECT api.route(
    'PATCH /api/v1/aam/connections/{connection_id}', 'autonomos.change_connection', permission => 'connections.write',
    rate => 'write', tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,409 connection_busy a sync or a change of this connection is under way,422 address_not_allowed the host is not one that this server may reach,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "source_type": "string", "status": "PENDING|ACTIVE|PAUSED|FAILED",
        "last_discovery_at": "string?", "mapping_count": "integer", "last_event_type": "string?",
        "last_event_at": "string?", "has_drift": "boolean", "last_sync_status": "string?",
        "last_sync_records": "integer?", "last_sync_bytes": "integer?", "last_sync_at": "string?", "slug": "string",
        "source_system": "string", "configuration": "object", "health": "unknown|healthy|degraded|unhealthy",
        "health_checked_at": "string?", "last_error": "string?", "schema_version": "integer?", "created_at": "string",
        "updated_at": "string"
    }');
