-- Requires: functions/autonomos/left_out.sql
-- Requires: functions/autonomos/tile.sql
-- Requires: functions/data/sales_totals.sql
-- Requires: functions/data/spend_totals.sql
-- Requires: functions/data/top_spend.sql
-- What a CFO looks at: spend of the year, how far it is from the budget and where it leads, what the quarter may bring.
--
-- Role:    member
-- Returns: {tiles, table, left_out}
CREATE OR REPLACE FUNCTION autonomos.cfo_summary(at timestamptz DEFAULT now())
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_spend    record;
    v_sales    record;
    v_variance numeric;
    v_forecast numeric;
BEGIN
    SELECT t.* INTO v_spend FROM data.spend_totals(cfo_summary.at) AS t;
    SELECT t.* INTO v_sales FROM data.sales_totals(cfo_summary.at) AS t;
    v_variance := v_spend.month - v_spend.month_budget * v_spend.elapsed;
    v_forecast := v_spend.month / v_spend.elapsed;
    RETURN json_build_object(
        'tiles', json_build_array(
            autonomos.tile('total_spend', 'Total Spend (YTD)', autonomos.money(v_spend.year, v_spend.currency),
                autonomos.change_text(v_spend.year, v_spend.year_before),
                'YTD vs prior year', v_spend.changed_at, '/finops'),
            autonomos.tile('budget_variance', 'Budget Variance (MTD)',
                CASE WHEN v_variance > 0 THEN '+' ELSE '' END || autonomos.money(v_variance, v_spend.currency),
                autonomos.change_text(v_spend.month, v_spend.month_budget * v_spend.elapsed),
                'MTD vs Budget', v_spend.changed_at, '/finops/budgets'),
            autonomos.tile('forecast_spend', 'Projected Spend (Month)', autonomos.money(v_forecast, v_spend.currency),
                autonomos.change_text(v_forecast, v_spend.month_budget),
                'Month-end vs Budget', v_spend.changed_at, '/finops'),
            autonomos.tile('weighted_pipeline', 'Weighted Pipeline (Quarter)',
                autonomos.money(v_sales.weighted_quarter, v_sales.currency),
                autonomos.change_text(v_sales.weighted_quarter, v_sales.weighted_quarter_before),
                'Now vs 30 days ago', v_sales.changed_at, '/pipeline')),
        'table', json_build_object(
            'title', 'Top 10 Services (MTD)',
            'columns', json_build_array('Service', 'MTD Spend', 'Budget', 'Δ vs prior period'),
            'rows', (
                SELECT COALESCE(json_agg(json_build_array(
                    COALESCE(s.name, 'Unassigned'), autonomos.money(s.month, v_spend.currency),
                    autonomos.money(s.budget, v_spend.currency), autonomos.change_text(s.month, s.before))
                    ORDER BY s.month DESC, s.name), '[]')
                FROM data.top_spend('service', cfo_summary.at) AS s),
            'href', '/finops/services'),
        'left_out', autonomos.left_out(v_spend.currency, v_spend.left_out, v_sales.currency, v_sales.left_out));
END;
$$;
COMMENT ON FUNCTION autonomos.cfo_summary(timestamptz) IS 'What a CFO looks at.';
GRANT EXECUTE ON FUNCTION autonomos.cfo_summary(timestamptz) TO member;
