-- Requires: functions/data/deal_outcome.sql
-- Requires: functions/data/sales_currency.sql
-- How the caller's deals stand, in their main currency; a deal without a currency counts as that. A deal is decided on
-- its close date. What was open 30 days ago is what had been recorded by then and was not decided before, at the
-- amounts and chances of today: sources do not tell those of then.
--
-- Role:    member
-- Returns: sums and averages, NULL where there is nothing to add up; rates from 0 to 1; changed_at: when a deal was last
--          written
CREATE OR REPLACE FUNCTION data.sales_totals(
    at timestamptz DEFAULT now(), OUT currency text, OUT left_out text[],
    OUT open_amount numeric, OUT open_amount_before numeric, OUT open_count bigint,
    OUT won_month numeric, OUT won_month_before numeric,
    OUT win_rate numeric, OUT win_rate_before numeric, OUT won_average numeric, OUT won_average_before numeric,
    OUT weighted_quarter numeric, OUT weighted_quarter_before numeric, OUT changed_at timestamptz)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_today        CONSTANT date := (sales_totals.at AT TIME ZONE 'UTC')::date;
    v_then         CONSTANT timestamptz := sales_totals.at - interval '30 days';
    v_window       CONSTANT integer := 90;
    v_month        CONSTANT date := date_trunc('month', v_today::timestamp);
    v_month_before CONSTANT date := v_month - interval '1 month';
    v_quarter      CONSTANT date := date_trunc('quarter', v_today::timestamp);
    v_quarter_end  CONSTANT date := v_quarter + interval '3 months';
BEGIN
    SELECT c.currency, c.left_out INTO sales_totals.currency, sales_totals.left_out FROM data.sales_currency() AS c;
    SELECT
        sum(d.amount) FILTER (WHERE d.outcome = 'open'),
        sum(d.amount) FILTER (WHERE d.was_open),
        count(*) FILTER (WHERE d.outcome = 'open'),
        sum(d.amount) FILTER (WHERE d.outcome = 'won' AND d.close_date >= v_month AND d.close_date <= v_today),
        sum(d.amount) FILTER (WHERE d.outcome = 'won' AND d.close_date >= v_month_before
            AND d.close_date <= LEAST(v_month_before + (v_today - v_month), v_month - 1)),
        avg((d.outcome = 'won')::integer) FILTER (
            WHERE d.outcome <> 'open' AND d.close_date > v_today - v_window AND d.close_date <= v_today),
        avg((d.outcome = 'won')::integer) FILTER (
            WHERE d.outcome <> 'open' AND d.close_date > v_today - 2 * v_window AND d.close_date <= v_today - v_window),
        avg(d.amount) FILTER (
            WHERE d.outcome = 'won' AND d.close_date > v_today - v_window AND d.close_date <= v_today),
        avg(d.amount) FILTER (
            WHERE d.outcome = 'won' AND d.close_date > v_today - 2 * v_window AND d.close_date <= v_today - v_window),
        sum(d.amount * d.probability) FILTER (
            WHERE d.outcome = 'open' AND d.close_date >= v_quarter AND d.close_date < v_quarter_end),
        sum(d.amount * d.probability) FILTER (
            WHERE d.was_open AND d.outcome = 'open' AND d.close_date >= v_quarter AND d.close_date < v_quarter_end),
        max(COALESCE(d.synced_at, d.updated_at))
    INTO sales_totals.open_amount, sales_totals.open_amount_before, sales_totals.open_count, sales_totals.won_month,
        sales_totals.won_month_before, sales_totals.win_rate, sales_totals.win_rate_before, sales_totals.won_average,
        sales_totals.won_average_before, sales_totals.weighted_quarter, sales_totals.weighted_quarter_before,
        sales_totals.changed_at
    FROM (
        SELECT o.amount, o.probability, o.close_date, o.synced_at, o.updated_at, s.outcome,
            o.created_at < v_then AND (s.outcome = 'open' OR o.close_date >= v_then::date) AS was_open
        FROM data.opportunities AS o
        -- Stages are few, and are told once each.
        JOIN (
            SELECT t.stage, data.deal_outcome(t.stage) AS outcome
            FROM (SELECT DISTINCT COALESCE(a.stage, '') AS stage FROM data.opportunities AS a) AS t
            OFFSET 0
        ) AS s ON s.stage = COALESCE(o.stage, '')
        WHERE o.source_removed_at IS NULL
            AND COALESCE(upper(nullif(btrim(o.currency), '')), sales_totals.currency) IS NOT DISTINCT FROM sales_totals.currency
    ) AS d;
END;
$$;
COMMENT ON FUNCTION data.sales_totals(timestamptz) IS 'How the caller''s deals stand: open, won, their averages and rates.';
GRANT EXECUTE ON FUNCTION data.sales_totals(timestamptz) TO member;
