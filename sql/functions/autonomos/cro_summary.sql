-- Requires: functions/autonomos/left_out.sql
-- Requires: functions/autonomos/tile.sql
-- Requires: functions/data/open_deals_by_stage.sql
-- Requires: functions/data/sales_totals.sql
-- What a CRO looks at: what is open, what was won, and how often.
--
-- Role:    member
-- Returns: {tiles, table, left_out}
CREATE OR REPLACE FUNCTION autonomos.cro_summary(at timestamptz DEFAULT now())
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_sales record;
BEGIN
    SELECT t.* INTO v_sales FROM data.sales_totals(cro_summary.at) AS t;
    RETURN json_build_object(
        'tiles', json_build_array(
            autonomos.tile('open_pipeline', 'Open Pipeline', autonomos.money(v_sales.open_amount, v_sales.currency),
                autonomos.change_text(v_sales.open_amount, v_sales.open_amount_before),
                'Now vs 30 days ago', v_sales.changed_at, '/pipeline'),
            autonomos.tile('closed_won', 'Closed Won (MTD)', autonomos.money(v_sales.won_month, v_sales.currency),
                autonomos.change_text(v_sales.won_month, v_sales.won_month_before),
                'MTD vs prior month', v_sales.changed_at, '/pipeline/won'),
            autonomos.tile('win_rate', 'Win Rate (90d)', round(v_sales.win_rate * 100) || '%',
                autonomos.points_text(v_sales.win_rate, v_sales.win_rate_before),
                '90d vs prior 90d', v_sales.changed_at, '/pipeline'),
            autonomos.tile('average_deal', 'Average Deal Won (90d)', autonomos.money(v_sales.won_average, v_sales.currency),
                autonomos.change_text(v_sales.won_average, v_sales.won_average_before),
                '90d vs prior 90d', v_sales.changed_at, '/pipeline/won')),
        'table', json_build_object(
            'title', 'Open Pipeline by Stage',
            'columns', json_build_array('Stage', 'Deals', 'Amount', 'Δ vs prior period'),
            'rows', (
                SELECT COALESCE(json_agg(json_build_array(
                    COALESCE(s.stage, 'No stage'), autonomos.count_text(s.deal_count),
                    autonomos.money(s.amount, v_sales.currency), autonomos.change_text(s.amount, s.amount_before))
                    ORDER BY s.amount DESC NULLS LAST, s.stage), '[]')
                FROM data.open_deals_by_stage(cro_summary.at) AS s),
            'href', '/pipeline'),
        'left_out', autonomos.left_out(NULL, NULL, v_sales.currency, v_sales.left_out));
END;
$$;
COMMENT ON FUNCTION autonomos.cro_summary(timestamptz) IS 'What a CRO looks at.';
GRANT EXECUTE ON FUNCTION autonomos.cro_summary(timestamptz) TO member;
