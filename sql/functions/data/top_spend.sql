-- Requires: functions/data/spend_currency.sql
-- Requires: functions/data/spend_periods.sql
-- On what, or by whom, the caller's tenant spends most this month, in its main currency.
--
-- Role:    member
-- Takes:   dimension: cost_center or service
-- Returns: at most row_count_max rows, the dearest first; name NULL: none is named; before: the same days of the month
--          before; budget: of the whole month
CREATE OR REPLACE FUNCTION data.top_spend(dimension text, at timestamptz DEFAULT now(), row_count_max integer DEFAULT 10)
RETURNS TABLE (name text, month numeric, before numeric, budget numeric) LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_currency CONSTANT text := (SELECT c.currency FROM data.spend_currency(top_spend.at) AS c);
    v_periods  record;
BEGIN
    SELECT p.* INTO v_periods FROM data.spend_periods(top_spend.at) AS p;
    RETURN QUERY
    WITH spent AS (
        SELECT
            CASE top_spend.dimension WHEN 'service' THEN c.service ELSE c.cost_center END AS name,
            sum(c.amount) FILTER (WHERE c.month >= v_periods.month_from) AS month,
            sum(c.amount) FILTER (WHERE c.month <= v_periods.before_to) AS before
        FROM data.costs AS c
        WHERE c.month >= v_periods.before_from AND c.month <= v_periods.month_to AND c.source_removed_at IS NULL
            AND COALESCE(upper(nullif(btrim(c.currency), '')), v_currency) IS NOT DISTINCT FROM v_currency
        GROUP BY 1
    ), planned AS (
        SELECT CASE top_spend.dimension WHEN 'service' THEN b.service ELSE b.cost_center END AS name, sum(b.amount) AS budget
        FROM data.budgets AS b
        WHERE b.month >= v_periods.month_from AND b.month < v_periods.month_from + interval '1 month'
            AND b.source_removed_at IS NULL
            AND COALESCE(upper(nullif(btrim(b.currency), '')), v_currency) IS NOT DISTINCT FROM v_currency
        GROUP BY 1
    )
    SELECT s.name, s.month, s.before, p.budget
    FROM spent AS s
    LEFT JOIN planned AS p ON p.name IS NOT DISTINCT FROM s.name
    WHERE s.month IS NOT NULL
    ORDER BY s.month DESC, s.name
    LIMIT top_spend.row_count_max;
END;
$$;
COMMENT ON FUNCTION data.top_spend(text, timestamptz, integer) IS 'On what, or by whom, the caller''s tenant spends most this month.';
GRANT EXECUTE ON FUNCTION data.top_spend(text, timestamptz, integer) TO member;
