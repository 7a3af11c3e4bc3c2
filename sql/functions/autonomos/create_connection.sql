-- Requires: functions/autonomos/get_connection.sql
-- Requires: functions/data/create_connection.sql
-- Connects a source. What a configuration may hold, and which secrets are needed, GET /api/v1/aam/connection-types says of
-- each type. Secrets are never shown again.
--
-- Role:    member
-- Returns: 201 {id, name, source_type, …}
-- Errors:  PT400 invalid               400  a field is missing, unknown or malformed; each is named
--          PT403 forbidden             403  the permission connections.write is missing
--          PT409 connection_busy       409  the rows of the connection that had this name are still being removed
--          PT409 connections_limit     409  the tenant has as many connections as it may
--          PT409 connections_slug_key  409  a connection of this name is in use
--          PT422 address_not_allowed   422  the host is not one that this server may reach
--          PT503 unavailable           503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.create_connection(
    name text, source_type text, configuration jsonb DEFAULT '{}', secrets jsonb DEFAULT '{}')
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    IF NOT EXISTS (SELECT FROM data.connection_types AS t WHERE t.connection_type = create_connection.source_type) THEN
        PERFORM api.invalid((
            'source_type', 'not_found', 'There is no such type; GET /api/v1/aam/connection-types lists them.')::api.fault);
    END IF;
    v_connection_id := data.create_connection(
        create_connection.name, create_connection.source_type, create_connection.configuration,
        create_connection.secrets);
    RETURN autonomos.get_connection(v_connection_id::text);
END;
$$;
COMMENT ON FUNCTION autonomos.create_connection(text, text, jsonb, jsonb) IS 'Connects a source.';
GRANT EXECUTE ON FUNCTION autonomos.create_connection(text, text, jsonb, jsonb) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections', 'autonomos.create_connection', permission => 'connections.write', rate => 'write',
    status => 201, tag => 'AAM',
    errors => '{409 connection_busy the rows of the connection that had this name are still being removed,409 connections_limit the tenant has as many connections as it may,409 connections_slug_key a connection of this name is in use,422 address_not_allowed the host is not one that this server may reach,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "source_type": "string", "status": "PENDING|ACTIVE|PAUSED|FAILED",
        "last_discovery_at": "string?", "mapping_count": "integer", "last_event_type": "string?",
        "last_event_at": "string?", "has_drift": "boolean", "last_sync_status": "string?",
        "last_sync_records": "integer?", "last_sync_bytes": "integer?", "last_sync_at": "string?", "slug": "string",
        "source_system": "string", "configuration": "object", "health": "unknown|healthy|degraded|unhealthy",
        "health_checked_at": "string?", "last_error": "string?", "schema_version": "integer?", "created_at": "string",
        "updated_at": "string"
    }');
