-- Requires: functions/autonomos/connector_fields.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- The connected sources of the calling tenant by name, with their drift and their last sync.
--
-- Role:    member
-- Returns: 200 {connectors: [{id, name, source_type, status, …}], total}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_connectors()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN (
        SELECT json_build_object(
            'connectors', COALESCE(json_agg(autonomos.connector_fields(c) ORDER BY c.name, c.connection_id), '[]'),
            'total', count(*))
        FROM data.connections AS c
        WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED'
    );
END;
$$;
COMMENT ON FUNCTION autonomos.list_connectors() IS 'The connected sources of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_connectors() TO member;
SELECT api.route(
    'GET /api/v1/aam/connectors', 'autonomos.list_connectors', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "connectors": [{
            "id": "uuid", "name": "string", "source_type": "string",
            "status": "PENDING|ACTIVE|PAUSED|FAILED", "last_discovery_at": "string?", "mapping_count": "integer",
            "last_event_type": "string?", "last_event_at": "string?", "has_drift": "boolean",
            "last_sync_status": "string?", "last_sync_records": "integer?", "last_sync_bytes": "integer?",
            "last_sync_at": "string?"
        }],
        "total": "integer"
    }');
