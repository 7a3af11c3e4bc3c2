-- The accounts of the calling tenant, newest first.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count}}. The total is kept, not counted. A page far
--          from the start is found in the index alone, from whichever end is nearer.
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION autonomos.list_accounts(
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
    WHERE c.entity = 'account';

    v_left := v_page.total - list_accounts."offset";
    IF v_left <= 0 THEN
        v_page.items := '[]';
    ELSIF list_accounts."offset" <= v_near_offset_max THEN
        SELECT json_agg(r.document)
        INTO v_page.items
        FROM (
            SELECT t.document
            FROM data.accounts AS t
            ORDER BY t.created_at DESC, t.account_id
            LIMIT list_accounts."limit" OFFSET list_accounts."offset"
        ) AS r;
    ELSIF list_accounts."offset" <= v_left THEN
        SELECT json_agg(t.document ORDER BY k.created_at DESC, k.account_id)
        INTO v_page.items
        FROM (
            SELECT i.tenant_id, i.created_at, i.account_id
            FROM data.accounts AS i
            ORDER BY i.created_at DESC, i.account_id
            LIMIT list_accounts."limit" OFFSET list_accounts."offset"
        ) AS k
        JOIN data.accounts AS t USING (tenant_id, account_id);
    ELSE
        SELECT json_agg(t.document ORDER BY k.created_at DESC, k.account_id)
        INTO v_page.items
        FROM (
            SELECT i.tenant_id, i.created_at, i.account_id
            FROM data.accounts AS i
            ORDER BY i.created_at, i.account_id DESC
            LIMIT least(list_accounts."limit", v_left) OFFSET greatest(v_left - list_accounts."limit", 0)
        ) AS k
        JOIN data.accounts AS t USING (tenant_id, account_id);
    END IF;
    v_page.item_count := greatest(least(list_accounts."limit", v_left), 0);
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_accounts(core.page_limit, core.page_offset) IS 'The accounts of the calling tenant, newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_accounts(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/accounts', 'autonomos.list_accounts',
    rate => 'read',
    page => '{"success":true,"data":${items},"meta":{"total":${total},"limit":${limit},"offset":${offset},"count":${count}}}',
    returns => '{
        "account_id": "string", "name": "string", "type": "string?", "industry": "string?", "owner_id": "string?",
        "status": "string?", "external_ids": "object", "extras": "object", "source_system": "string",
        "source_connection_id": "string?", "created_at": "string", "updated_at": "string", "synced_at": "string?"
    }',
    tag => 'DCL');
