-- Requires: functions/data/deal_outcome.sql
-- Requires: functions/data/sales_currency.sql
-- The caller's open deals by their stage, in their main currency, the largest sum first.
--
-- Role:    member
-- Returns: at most row_count_max rows; stage NULL: not known; amount_before: of those that had been recorded 30 days ago,
--          at the stage and amount of today
CREATE OR REPLACE FUNCTION data.open_deals_by_stage(at timestamptz DEFAULT now(), row_count_max integer DEFAULT 10)
RETURNS TABLE (stage text, deal_count bigint, amount numeric, amount_before numeric) LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_currency CONSTANT text := (SELECT c.currency FROM data.sales_currency() AS c);
BEGIN
    RETURN QUERY
    SELECT t.stage, t.deal_count, t.amount, t.amount_before
    FROM (
        SELECT o.stage, count(*) AS deal_count, sum(o.amount) AS amount,
            sum(o.amount) FILTER (WHERE o.created_at < open_deals_by_stage.at - interval '30 days') AS amount_before
        FROM data.opportunities AS o
        WHERE o.source_removed_at IS NULL
            AND COALESCE(upper(nullif(btrim(o.currency), '')), v_currency) IS NOT DISTINCT FROM v_currency
        GROUP BY o.stage
    ) AS t
    WHERE data.deal_outcome(t.stage) = 'open'
    ORDER BY t.amount DESC NULLS LAST, t.stage
    LIMIT open_deals_by_stage.row_count_max;
END;
$$;
COMMENT ON FUNCTION data.open_deals_by_stage(timestamptz, integer) IS 'The caller''s open deals by their stage.';
GRANT EXECUTE ON FUNCTION data.open_deals_by_stage(timestamptz, integer) TO member;
