-- Requires: functions/autonomos/bulk_mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- The bulk mapping jobs of the last 24 hours, the newest first.
--
-- Role:    member
-- Returns: 200 {items: [...], total, limit, offset, has_more}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_bulk_mappings(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT count(*) INTO v_page.total FROM data.bulk_mappings AS b WHERE b.expires_at > now();
    SELECT
        COALESCE(json_agg(autonomos.bulk_mapping_document(p) ORDER BY p.created_at DESC, p.bulk_mapping_id), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT b.*
        FROM data.bulk_mappings AS b
        WHERE b.expires_at > now()
        ORDER BY b.created_at DESC, b.bulk_mapping_id
        LIMIT list_bulk_mappings."limit" OFFSET list_bulk_mappings."offset"
    ) AS p;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_bulk_mappings(core.page_limit, core.page_offset) IS
    'The bulk mapping jobs of the last 24 hours, the newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_bulk_mappings(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/bulk-mappings', 'autonomos.list_bulk_mappings', rate => 'read', tag => 'AAM',
    returns => '{"job_id": "string", "status": "queued|running|succeeded|partial|failed|cancelled", "total": "integer",
        "succeeded": "integer", "failed": "integer", "progress": "number", "created_at": "date-time",
        "started_at": "string?", "finished_at": "string?", "expires_at": "date-time"}',
    errors => '{unavailable}');
