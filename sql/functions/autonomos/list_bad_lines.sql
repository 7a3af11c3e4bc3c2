-- Requires: functions/autonomos/require_aam.sql
-- The lines of a file that could not become rows, with the reason of each. The first 10000 are kept; the total counts all.
--
-- Role:    member
-- Returns: 200 {items: [{line_no, reason, line}], total, limit, offset, has_more}
-- Errors:  PT404 not_found  404  the connection has no such file
CREATE OR REPLACE FUNCTION autonomos.list_bad_lines(
    connection_id uuid, file_id uuid, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT f.bad_line_count
    INTO v_page.total
    FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = list_bad_lines.connection_id
        AND f.file_id = list_bad_lines.file_id AND f.status <> 'receiving';
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'File not found.', 404);
    END IF;
    SELECT COALESCE(
            json_agg(json_build_object('line_no', b.line_no, 'reason', b.reason, 'line', b.line) ORDER BY b.line_no), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT l.line_no, l.reason, l.line
        FROM data.source_bad_lines AS l
        WHERE l.tenant_id = (SELECT auth.tenant_id()) AND l.file_id = list_bad_lines.file_id
        ORDER BY l.line_no
        LIMIT list_bad_lines."limit" OFFSET list_bad_lines."offset"
    ) AS b;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_bad_lines(uuid, uuid, core.page_limit, core.page_offset) IS
    'The lines of a file that could not become rows, with the reason of each.';
GRANT EXECUTE ON FUNCTION autonomos.list_bad_lines(uuid, uuid, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/connections/{connection_id}/files/{file_id}/bad-lines', 'autonomos.list_bad_lines',
    rate => 'read', tag => 'AAM', returns => '{"line_no": "integer", "reason": "string", "line": "string"}',
    errors => '{404 not_found the connection has no such file,503 unavailable AAM models not configured}');
