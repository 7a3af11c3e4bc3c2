-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- The versions of a source's schema, newest first.
--
-- Role:    member
-- Returns: 200 {items: [{version, created_at, last_seen_at, relation_count, column_count, drift_count}], total, limit,
--          offset, has_more}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_schema_versions(
    connection_id text, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_id   uuid;
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    v_id := autonomos.connection_id(list_schema_versions.connection_id);
    SELECT count(*)
    INTO v_page.total
    FROM data.schema_snapshots AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.connection_id = v_id;
    SELECT
        COALESCE(json_agg(json_build_object(
            'version', l.version,
            'created_at', core.rfc3339(l.created_at),
            'last_seen_at', core.rfc3339(l.last_seen_at),
            'relation_count', jsonb_array_length(l.relations),
            'column_count', (
                SELECT COALESCE(sum(jsonb_array_length(r.entry -> 'columns')), 0)
                FROM jsonb_array_elements(l.relations) AS r (entry)
            ),
            'drift_count', (
                SELECT count(*)
                FROM data.drift_events AS d
                WHERE d.tenant_id = auth.tenant_id() AND d.connection_id = v_id AND d.version = l.version
            )) ORDER BY l.version DESC), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT s.version, s.created_at, s.last_seen_at, s.relations
        FROM data.schema_snapshots AS s
        WHERE s.tenant_id = auth.tenant_id() AND s.connection_id = v_id
        ORDER BY s.version DESC
        LIMIT list_schema_versions."limit" OFFSET list_schema_versions."offset"
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_schema_versions(text, core.page_limit, core.page_offset) IS
    'The versions of a source''s schema.';
GRANT EXECUTE ON FUNCTION autonomos.list_schema_versions(text, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/schema/versions', 'autonomos.list_schema_versions', rate => 'read',
    tag => 'AAM',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}',
    returns => '{
        "version": "integer", "created_at": "string", "last_seen_at": "string", "relation_count": "integer",
        "column_count": "integer", "drift_count": "integer"
    }');
