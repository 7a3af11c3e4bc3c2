-- One account of the calling tenant: the point read.
--
-- Role:    member
-- Returns: 200 the account; 404 if the tenant has none of this id
CREATE OR REPLACE FUNCTION bench.get_account(id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT row_to_json(t)
        FROM (
            SELECT a.account_id, a.name, a.email, a.status, a.balance, a.country, a.created_at
            FROM bench.accounts AS a
            WHERE a.account_id = get_account.id
        ) AS t
    );
END;
$$;
COMMENT ON FUNCTION bench.get_account(text) IS 'One account of the calling tenant.';
GRANT EXECUTE ON FUNCTION bench.get_account(text) TO member;
SELECT api.route('GET /accounts/{id}', 'bench.get_account', rate => 'bench');
