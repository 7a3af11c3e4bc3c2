-- Requires: functions/autonomos/view_answer.sql
-- Requires: functions/data/read_page.sql
-- The opportunities of the calling tenant, newest first, those that the filters leave.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count[, next_cursor]}}. Of the whole list the total
--          is kept, not counted, and a page far from the start is found in the index alone, from whichever end is
--          nearer. With cursor (empty for the first page) the next page's cursor is in meta.
-- Errors:  PT400 invalid  400  the cursor is none, or an offset is stated besides
CREATE OR REPLACE FUNCTION autonomos.list_opportunities(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0, cursor text DEFAULT NULL,
    opportunity_id text DEFAULT NULL, account_id text DEFAULT NULL, name text DEFAULT NULL, stage text DEFAULT NULL,
    currency text DEFAULT NULL, owner_id text DEFAULT NULL, source_system text DEFAULT NULL,
    source_connection_id uuid DEFAULT NULL, updated_since timestamptz DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_near_offset_max CONSTANT int := 500;
    v_page data.record_page;
    v_left bigint;
BEGIN
    SELECT COALESCE(sum(c.total), 0)
    INTO v_page.total
    FROM data.entity_counts AS c
    WHERE c.entity = 'opportunity';

    IF num_nonnulls(
        list_opportunities.cursor, list_opportunities.opportunity_id, list_opportunities.account_id,
        list_opportunities.name, list_opportunities.stage, list_opportunities.currency, list_opportunities.owner_id,
        list_opportunities.source_system, list_opportunities.source_connection_id, list_opportunities.updated_since) > 0
    THEN
        v_page := data.read_page('opportunities', 'opportunity_id', 't.document', jsonb_build_object(
            'opportunity_id', list_opportunities.opportunity_id, 'account_id', list_opportunities.account_id,
            'name', list_opportunities.name, 'stage', list_opportunities.stage, 'currency', list_opportunities.currency,
            'owner_id', list_opportunities.owner_id, 'source_system', list_opportunities.source_system,
            'source_connection_id', list_opportunities.source_connection_id,
            'updated_since', list_opportunities.updated_since),
            v_page.total, list_opportunities."limit", list_opportunities."offset", list_opportunities.cursor);
        RETURN autonomos.view_answer(v_page, list_opportunities."limit", list_opportunities."offset", list_opportunities.cursor);
    END IF;

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
    RETURN json_build_object('success', true, 'data', v_page.items, 'meta', json_build_object(
        'total', v_page.total, 'limit', list_opportunities."limit", 'offset', list_opportunities."offset",
        'count', greatest(least(list_opportunities."limit", v_left), 0)));
END;
$$;
COMMENT ON FUNCTION autonomos.list_opportunities(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, uuid, timestamptz) IS
    'The opportunities of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_opportunities(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, uuid, timestamptz) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/opportunities', 'autonomos.list_opportunities',
    rate => 'read',
    returns => '{"success": "boolean", "data": [{
        "opportunity_id": "string", "account_id": "string?", "name": "string", "stage": "string?",
        "amount": "number?", "currency": "string?", "close_date": "string?", "owner_id": "string?",
        "probability": "number?", "extras": "object", "source_system": "string",
        "source_connection_id": "string?", "created_at": "string", "updated_at": "string", "synced_at": "string?"
    }], "meta": {
        "total": "integer", "limit": "integer", "offset": "integer", "count": "integer", "next_cursor?": "string?"
    }}',
    errors => '{invalid}',
    tag => 'DCL');
