-- Requires: functions/autonomos/connection_document.sql
-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- One connection, by its id or its slug, with its configuration and without its secrets.
--
-- Role:    member
-- Returns: 200 {id, name, source_type, …}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_connection(connection_id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    v_id := autonomos.connection_id(get_connection.connection_id);
    RETURN (
        SELECT autonomos.connection_document(c)
        FROM data.connections AS c
        WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = v_id
    );
END;
$$;
COMMENT ON FUNCTION autonomos.get_connection(text) IS 'One connection, by its id or its slug.';
GRANT EXECUTE ON FUNCTION autonomos.get_connection(text) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}', 'autonomos.get_connection', rate => 'read', tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "source_type": "string", "status": "PENDING|ACTIVE|PAUSED|FAILED",
        "last_discovery_at": "string?", "mapping_count": "integer", "last_event_type": "string?",
        "last_event_at": "string?", "has_drift": "boolean", "last_sync_status": "string?",
        "last_sync_records": "integer?", "last_sync_bytes": "integer?", "last_sync_at": "string?", "slug": "string",
        "source_system": "string", "configuration": "object", "health": "unknown|healthy|degraded|unhealthy",
        "health_checked_at": "string?", "last_error": "string?", "schema_version": "integer?", "created_at": "string",
        "updated_at": "string"
    }');
