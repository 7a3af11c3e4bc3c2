-- Requires: functions/autonomos/view_answer.sql
-- Requires: functions/data/read_page.sql
-- The accounts of the calling tenant, newest first, those that the filters leave.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count[, next_cursor]}}. Of the whole list the total
--          is kept, not counted, and a page far from the start is found in the index alone, from whichever end is
--          nearer. With cursor (empty for the first page) the next page's cursor is in meta.
-- Errors:  PT400 invalid  400  the cursor is none, or an offset is stated besides
CREATE OR REPLACE FUNCTION autonomos.list_accounts(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0, cursor text DEFAULT NULL,
    account_id text DEFAULT NULL, name text DEFAULT NULL, type text DEFAULT NULL, industry text DEFAULT NULL,
    owner_id text DEFAULT NULL, status text DEFAULT NULL, source_system text DEFAULT NULL,
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
    WHERE c.entity = 'account';

    IF num_nonnulls(
        list_accounts.cursor, list_accounts.account_id, list_accounts.name, list_accounts.type,
        list_accounts.industry, list_accounts.owner_id, list_accounts.status, list_accounts.source_system,
        list_accounts.source_connection_id, list_accounts.updated_since) > 0
    THEN
        v_page := data.read_page('accounts', 'account_id', 't.document', jsonb_build_object(
            'account_id', list_accounts.account_id, 'name', list_accounts.name, 'type', list_accounts.type,
            'industry', list_accounts.industry, 'owner_id', list_accounts.owner_id, 'status', list_accounts.status,
            'source_system', list_accounts.source_system, 'source_connection_id', list_accounts.source_connection_id,
            'updated_since', list_accounts.updated_since),
            v_page.total, list_accounts."limit", list_accounts."offset", list_accounts.cursor);
        RETURN autonomos.view_answer(v_page, list_accounts."limit", list_accounts."offset", list_accounts.cursor);
    END IF;

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
    RETURN json_build_object('success', true, 'data', v_page.items, 'meta', json_build_object(
        'total', v_page.total, 'limit', list_accounts."limit", 'offset', list_accounts."offset",
        'count', greatest(least(list_accounts."limit", v_left), 0)));
END;
$$;
COMMENT ON FUNCTION autonomos.list_accounts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, uuid, timestamptz) IS
    'The accounts of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_accounts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, uuid, timestamptz) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/accounts', 'autonomos.list_accounts',
    rate => 'read',
    returns => '{"success": "boolean", "data": [{
        "account_id": "string", "name": "string", "type": "string?", "industry": "string?", "owner_id": "string?",
        "status": "string?", "external_ids": "object", "extras": "object", "source_system": "string",
        "source_connection_id": "string?", "created_at": "string", "updated_at": "string", "synced_at": "string?"
    }], "meta": {
        "total": "integer", "limit": "integer", "offset": "integer", "count": "integer", "next_cursor?": "string?"
    }}',
    errors => '{invalid}',
    tag => 'DCL');
