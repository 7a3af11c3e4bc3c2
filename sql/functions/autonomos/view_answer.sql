-- A page of a view as AutonomOS writes it. Who pages by cursor finds the next page's in meta, null behind the last.
--
-- Role:    nobody; part of the views
-- Returns: {success, data: [...], meta: {total, limit, offset, count[, next_cursor]}}
CREATE OR REPLACE FUNCTION autonomos.view_answer(page data.record_page, "limit" int, "offset" int, cursor text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF view_answer.cursor IS NULL THEN
        RETURN json_build_object('success', true, 'data', page.items, 'meta', json_build_object(
            'total', page.total, 'limit', view_answer."limit", 'offset', view_answer."offset",
            'count', page.item_count));
    END IF;
    RETURN json_build_object('success', true, 'data', page.items, 'meta', json_build_object(
        'total', page.total, 'limit', view_answer."limit", 'offset', view_answer."offset",
        'count', page.item_count, 'next_cursor', page.next_cursor));
END;
$$;
COMMENT ON FUNCTION autonomos.view_answer(data.record_page, int, int, text) IS 'A page of a view as AutonomOS writes it.';
GRANT EXECUTE ON FUNCTION autonomos.view_answer(data.record_page, int, int, text) TO member;
