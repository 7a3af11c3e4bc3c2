-- The currency in which the caller's costs and budgets are summed up: that of most of them since the beginning of last
-- year. Amounts of other currencies cannot be added to it, and no rates are made up.
--
-- Role:    member
-- Returns: currency, NULL if no row names one; and the others, which sums leave out
CREATE OR REPLACE FUNCTION data.spend_currency(at timestamptz DEFAULT now(), OUT currency text, OUT left_out text[])
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_since CONSTANT date := date_trunc('year', spend_currency.at AT TIME ZONE 'UTC') - interval '1 year';
    v_all   text[];
BEGIN
    SELECT array_agg(k.code ORDER BY k.line_count DESC, k.code)
    INTO v_all
    FROM (
        SELECT upper(btrim(l.code)) AS code, sum(l.line_count) AS line_count
        FROM (
            SELECT c.currency AS code, count(*) AS line_count FROM data.costs AS c
            WHERE c.month >= v_since AND c.source_removed_at IS NULL
            GROUP BY c.currency
            UNION ALL
            SELECT b.currency, count(*) FROM data.budgets AS b
            WHERE b.month >= v_since AND b.source_removed_at IS NULL
            GROUP BY b.currency
        ) AS l
        WHERE btrim(l.code) <> ''
        GROUP BY 1
    ) AS k;
    currency := v_all[1];
    left_out := COALESCE(v_all[2:], '{}');
END;
$$;
COMMENT ON FUNCTION data.spend_currency(timestamptz) IS 'The currency in which the caller''s costs and budgets are summed up.';
GRANT EXECUTE ON FUNCTION data.spend_currency(timestamptz) TO member;
