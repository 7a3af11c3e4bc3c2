-- Requires: functions/autonomos/mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- The mappings of a connection.
--
-- Role:    member
-- Returns: 200 {mappings: [...], total, limit, offset, has_more}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_connection_mappings(
    connection_id uuid, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    IF NOT EXISTS (
        SELECT FROM data.connections AS c WHERE c.connection_id = list_connection_mappings.connection_id)
    THEN
        PERFORM api.fail('not_found', 'Connection not found.', 404);
    END IF;
    SELECT count(*) INTO v_page.total
    FROM data.mappings AS m
    WHERE m.connection_id = list_connection_mappings.connection_id;
    SELECT
        COALESCE(json_agg(autonomos.mapping_document(p) ORDER BY p.entity, p.record_type, p.mapping_id), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT m.*
        FROM data.mappings AS m
        WHERE m.connection_id = list_connection_mappings.connection_id
        ORDER BY m.entity, m.record_type, m.mapping_id
        LIMIT list_connection_mappings."limit" OFFSET list_connection_mappings."offset"
    ) AS p;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_connection_mappings(uuid, core.page_limit, core.page_offset) IS
    'The mappings of a connection.';
GRANT EXECUTE ON FUNCTION autonomos.list_connection_mappings(uuid, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/mappings', 'autonomos.list_connection_mappings', rate => 'read',
    tag => 'AAM',
    page => '{"mappings":${items},"total":${total},"limit":${limit},"offset":${offset},"has_more":${has_next}}',
    returns => '{
        "id": "uuid", "connection_id": "uuid", "entity": "string", "record_type": "string?", "source_relation": "string",
        "key_column": "string?", "cursor_column": "string?", "keeps_extras": "boolean",
        "on_removal": "keep|mark|delete", "status": "active|paused",
        "fields": [{"canonical_field": "string", "vendor_field": "string", "coercion": "any", "confidence": "number"}],
        "created_at": "date-time", "updated_at": "date-time"}',
    errors => '{not_found,unavailable}');
