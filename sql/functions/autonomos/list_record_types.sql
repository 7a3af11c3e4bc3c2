-- Requires: functions/autonomos/record_type_document.sql
-- The kinds of record that the calling tenant has besides the canonical entities, by name.
--
-- Role:    member
-- Returns: 200 {items, total, limit, offset, has_more}
CREATE OR REPLACE FUNCTION autonomos.list_record_types(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    SELECT count(*) INTO v_page.total FROM data.record_types AS t;
    SELECT COALESCE(json_agg(autonomos.record_type_document(r.kind) ORDER BY (r.kind).record_type), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT t AS kind FROM data.record_types AS t ORDER BY t.record_type
        LIMIT list_record_types."limit" OFFSET list_record_types."offset"
    ) AS r;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_record_types(core.page_limit, core.page_offset) IS 'The kinds of record that the calling tenant has.';
GRANT EXECUTE ON FUNCTION autonomos.list_record_types(core.page_limit, core.page_offset) TO member;
SELECT api.route('GET /api/v1/dcl/record-types', 'autonomos.list_record_types', rate => 'read', tag => 'DCL',
    returns => '{"record_type": "string", "title": "string",
                 "fields": [{"field": "string", "data_type": "text|numeric|boolean|date|timestamptz|json", "is_required": "boolean"}],
                 "created_at": "date-time", "updated_at": "date-time"}');
