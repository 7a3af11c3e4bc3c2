-- The currency in which the caller's deals are summed up: that of most of them. Others cannot be added to it.
--
-- Role:    member
-- Returns: currency, NULL if no deal names one; and the others, which sums leave out
CREATE OR REPLACE FUNCTION data.sales_currency(OUT currency text, OUT left_out text[])
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_all text[];
BEGIN
    SELECT array_agg(k.code ORDER BY k.deal_count DESC, k.code)
    INTO v_all
    FROM (
        SELECT upper(btrim(o.currency)) AS code, count(*) AS deal_count
        FROM data.opportunities AS o
        WHERE btrim(o.currency) <> '' AND o.source_removed_at IS NULL
        GROUP BY 1
    ) AS k;
    currency := v_all[1];
    left_out := COALESCE(v_all[2:], '{}');
END;
$$;
COMMENT ON FUNCTION data.sales_currency() IS 'The currency in which the caller''s deals are summed up.';
GRANT EXECUTE ON FUNCTION data.sales_currency() TO member;
