-- Requires: functions/autonomos/connection_document.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- The connections of the calling tenant by name, with their configuration and without their secrets.
--
-- Role:    member
-- Returns: 200 {items: [{id, name, source_type, …}], total, limit, offset, has_more}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_connections(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT count(*)
    INTO v_page.total
    FROM data.connections AS c
    WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED';
    SELECT COALESCE(json_agg(autonomos.connection_document(l.connection) ORDER BY l.position), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT c AS connection, row_number() OVER (ORDER BY c.name, c.connection_id) AS position
        FROM data.connections AS c
        WHERE c.tenant_id = auth.tenant_id() AND c.status <> 'DISCONNECTED'
        ORDER BY position
        LIMIT list_connections."limit" OFFSET list_connections."offset"
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_connections(core.page_limit, core.page_offset) IS
    'The connections of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_connections(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections', 'autonomos.list_connections', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "source_type": "string", "status": "PENDING|ACTIVE|PAUSED|FAILED",
        "last_discovery_at": "string?", "mapping_count": "integer", "last_event_type": "string?",
        "last_event_at": "string?", "has_drift": "boolean", "last_sync_status": "string?",
        "last_sync_records": "integer?", "last_sync_bytes": "integer?", "last_sync_at": "string?", "slug": "string",
        "source_system": "string", "configuration": "object", "health": "unknown|healthy|degraded|unhealthy",
        "health_checked_at": "string?", "last_error": "string?", "schema_version": "integer?", "created_at": "string",
        "updated_at": "string"
    }');
