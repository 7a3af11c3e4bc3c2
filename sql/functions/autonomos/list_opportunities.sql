-- The opportunities of the calling tenant, newest first.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count}}. The total is kept, not counted. A page far
--          from the start is found in the index alone, from whichever end is nearer.
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION autonomos.list_opportunities(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_near_offset_max CONSTANT int := 500;
    v_page api.page;
    v_left bigint;
BEGIN
    SELECT COALESCE(sum(c.total), 0)
    INTO v_page.total
    FROM data.entity_counts AS c
    WHERE c.entity = 'opportunity';

    v_left := v_page.total - list_opportunities."offset";
    IF v_left <= 0 THEN
        v_page.items := '[]';
    ELSIF list_opportunities."offset" <= v_near_offset_max THEN
        SELECT json_agg(r.document)
        INTO v_page.items
        FROM (
            SELECT t.document
            FROM data.opportunities AS t
            ORDER BY t.created_at DESC, t.opportunity_id
            LIMIT list_opportunities."limit" OFFSET list_opportunities."offset"
        ) AS r;
    ELSIF list_opportunities."offset" <= v_left THEN
        SELECT json_agg(t.document ORDER BY k.created_at DESC, k.opportunity_id)
        INTO v_page.items
        FROM (
            SELECT i.tenant_id, i.created_at, i.opportunity_id
            FROM data.opportunities AS i
            ORDER BY i.created_at DESC, i.opportunity_id
            LIMIT list_opportunities."limit" OFFSET list_opportunities."offset"
        ) AS k
        JOIN data.opportunities AS t USING (tenant_id, opportunity_id);
    ELSE
        SELECT json_agg(t.document ORDER BY k.created_at DESC, k.opportunity_id)
        INTO v_page.items
        FROM (
            SELECT i.tenant_id, i.created_at, i.opportunity_id
            FROM data.opportunities AS i
            ORDER BY i.created_at, i.opportunity_id DESC
            LIMIT least(list_opportunities."limit", v_left) OFFSET greatest(v_left - list_opportunities."limit", 0)
        ) AS k
        JOIN data.opportunities AS t USING (tenant_id, opportunity_id);
    END IF;
    v_page.item_count := greatest(least(list_opportunities."limit", v_left), 0);
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_opportunities(core.page_limit, core.page_offset) IS 'The opportunities of the calling tenant, newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_opportunities(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/opportunities', 'autonomos.list_opportunities',
    rate => 'read',
    page => '{"success":true,"data":${items},"meta":{"total":${total},"limit":${limit},"offset":${offset},"count":${count}}}',
    returns => '{
        "opportunity_id": "string", "account_id": "string?", "name": "string", "stage": "string?",
        "amount": "number?", "currency": "string?", "close_date": "string?", "owner_id": "string?",
        "probability": "number?", "extras": "object", "source_system": "string",
        "source_connection_id": "string?", "created_at": "string", "updated_at": "string", "synced_at": "string?"
    }',
    tag => 'DCL');
