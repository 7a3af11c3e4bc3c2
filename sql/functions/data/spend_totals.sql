-- Requires: functions/data/spend_currency.sql
-- Requires: functions/data/spend_periods.sql
-- What the caller's tenant spends, in its main currency; a line without a currency counts as that.
--
-- Role:    member
-- Returns: sums, NULL where there is no row to add up; budgets are those of the whole month; elapsed: the share of the
--          month that is over; changed_at: when a cost or budget was last written
CREATE OR REPLACE FUNCTION data.spend_totals(
    at timestamptz DEFAULT now(), OUT currency text, OUT left_out text[], OUT elapsed numeric,
    OUT month numeric, OUT month_before numeric, OUT month_budget numeric, OUT month_before_budget numeric,
    OUT month_before_whole numeric, OUT year numeric, OUT year_before numeric, OUT changed_at timestamptz)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_periods record;
    v_changed timestamptz;
BEGIN
    SELECT c.currency, c.left_out INTO spend_totals.currency, spend_totals.left_out FROM data.spend_currency(spend_totals.at) AS c;
    SELECT p.* INTO v_periods FROM data.spend_periods(spend_totals.at) AS p;
    spend_totals.elapsed := v_periods.elapsed;

    SELECT
        sum(c.amount) FILTER (WHERE c.month >= v_periods.month_from AND c.month <= v_periods.month_to),
        sum(c.amount) FILTER (WHERE c.month >= v_periods.before_from AND c.month <= v_periods.before_to),
        sum(c.amount) FILTER (WHERE c.month >= v_periods.before_from AND c.month < v_periods.month_from),
        sum(c.amount) FILTER (WHERE c.month >= v_periods.year_from AND c.month <= v_periods.month_to),
        sum(c.amount) FILTER (WHERE c.month >= v_periods.last_year_from AND c.month <= v_periods.last_year_to),
        max(COALESCE(c.synced_at, c.updated_at))
    INTO spend_totals.month, spend_totals.month_before, spend_totals.month_before_whole, spend_totals.year,
        spend_totals.year_before, spend_totals.changed_at
    FROM data.costs AS c
    WHERE c.month >= v_periods.last_year_from AND c.month <= v_periods.month_to AND c.source_removed_at IS NULL
        AND COALESCE(upper(nullif(btrim(c.currency), '')), spend_totals.currency) IS NOT DISTINCT FROM spend_totals.currency;

    SELECT
        sum(b.amount) FILTER (WHERE b.month >= v_periods.month_from),
        sum(b.amount) FILTER (WHERE b.month < v_periods.month_from),
        max(COALESCE(b.synced_at, b.updated_at))
    INTO spend_totals.month_budget, spend_totals.month_before_budget, v_changed
    FROM data.budgets AS b
    WHERE b.month >= v_periods.before_from AND b.month < v_periods.month_from + interval '1 month'
        AND b.source_removed_at IS NULL
        AND COALESCE(upper(nullif(btrim(b.currency), '')), spend_totals.currency) IS NOT DISTINCT FROM spend_totals.currency;
    spend_totals.changed_at := GREATEST(spend_totals.changed_at, v_changed);
END;
$$;
COMMENT ON FUNCTION data.spend_totals(timestamptz) IS 'What the caller''s tenant spends: this month, this year, and before.';
GRANT EXECUTE ON FUNCTION data.spend_totals(timestamptz) TO member;
