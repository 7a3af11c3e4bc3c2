-- Requires: functions/autonomos/file_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/require_connection.sql
-- The files that were sent to a connection, newest first.
--
-- Role:    member
-- Returns: 200 {items, total, limit, offset, has_more}
-- Errors:  PT404 not_found  404  the tenant has no such connection
CREATE OR REPLACE FUNCTION autonomos.list_files(
    connection_id uuid, relation text DEFAULT NULL, "limit" core.page_limit DEFAULT 100,
    "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM autonomos.require_connection(list_files.connection_id);
    SELECT count(*)
    INTO v_page.total
    FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = list_files.connection_id
        AND f.status <> 'receiving' AND (list_files.relation IS NULL OR f.relation = list_files.relation);
    SELECT COALESCE(json_agg(autonomos.file_document(s.file) ORDER BY s.n), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT o AS file, row_number() OVER (ORDER BY o.created_at DESC, o.file_id) AS n
        FROM data.source_files AS o
        WHERE o.tenant_id = (SELECT auth.tenant_id()) AND o.connection_id = list_files.connection_id
            AND o.status <> 'receiving' AND (list_files.relation IS NULL OR o.relation = list_files.relation)
        ORDER BY o.created_at DESC, o.file_id
        LIMIT list_files."limit" OFFSET list_files."offset"
    ) AS s;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_files(uuid, text, core.page_limit, core.page_offset) IS
    'The files that were sent to a connection, newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_files(uuid, text, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/files', 'autonomos.list_files', rate => 'read', tag => 'AAM',
    returns => '{
        "file_id": "uuid", "connection_id": "uuid", "relation": "string", "name": "string", "media_type": "string",
        "mode": "string", "size_bytes": "integer", "sha256": "string?", "status": "string", "progress": "number",
        "format": "string?", "encoding": "string?", "delimiter": "string?", "columns": "array?", "rows": "integer",
        "bad_lines": "integer", "error": "object?", "created_at": "string", "finished_at": "string?"
    }',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}');
