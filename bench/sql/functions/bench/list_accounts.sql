-- The accounts of the calling tenant, newest first: a page of rows and the total.
--
-- Role:    member
-- Returns: 200 {items, total, limit, offset}
CREATE OR REPLACE FUNCTION bench.list_accounts(
    "limit" core.page_limit_100 DEFAULT 20, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    SELECT COALESCE(json_agg(t), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT a.account_id, a.name, a.email, a.status, a.balance, a.country, a.created_at
        FROM bench.accounts AS a
        ORDER BY a.created_at DESC, a.account_id
        LIMIT list_accounts."limit" OFFSET list_accounts."offset"
    ) AS t;
    SELECT c.total INTO v_page.total FROM bench.account_totals AS c;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION bench.list_accounts(core.page_limit_100, core.page_offset) IS
    'The accounts of the calling tenant, newest first.';
GRANT EXECUTE ON FUNCTION bench.list_accounts(core.page_limit_100, core.page_offset) TO member;
SELECT api.route('GET /accounts', 'bench.list_accounts', rate => 'bench');
