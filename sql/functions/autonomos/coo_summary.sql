-- Requires: functions/autonomos/left_out.sql
-- Requires: functions/autonomos/tile.sql
-- Requires: functions/data/operation_totals.sql
-- Requires: functions/data/spend_totals.sql
-- Requires: functions/data/top_spend.sql
-- What a COO looks at: spend and budget of the month, what was synced and done.
--
-- Role:    member
-- Returns: {tiles, table, left_out}
CREATE OR REPLACE FUNCTION autonomos.coo_summary(at timestamptz DEFAULT now())
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_spend record;
    v_work  record;
BEGIN
    SELECT t.* INTO v_spend FROM data.spend_totals(coo_summary.at) AS t;
    SELECT t.* INTO v_work FROM data.operation_totals(coo_summary.at) AS t;
    RETURN json_build_object(
        'tiles', json_build_array(
            autonomos.tile('cloud_spend', 'Cloud Spend (MTD)', autonomos.money(v_spend.month, v_spend.currency),
                autonomos.change_text(v_spend.month, v_spend.month_budget * v_spend.elapsed),
                'MTD vs Budget', v_spend.changed_at, '/finops'),
            autonomos.tile('budget_used', 'Budget Used (MTD)',
                round(v_spend.month / nullif(v_spend.month_budget, 0) * 100) || '%',
                autonomos.points_text(v_spend.month / nullif(v_spend.month_budget, 0),
                    v_spend.month_before / nullif(v_spend.month_before_budget, 0)),
                'MTD vs prior month', v_spend.changed_at, '/finops/budgets'),
            autonomos.tile('records_synced', 'Records Synced (24h)',
                CASE WHEN v_work.has_synced THEN autonomos.count_text(v_work.records) END,
                autonomos.change_text(v_work.records, v_work.records_before),
                '24h vs prior 24h', v_work.synced_at, '/connectors'),
            autonomos.tile('jobs_completed', 'Jobs Completed (24h)',
                CASE WHEN v_work.has_jobs THEN autonomos.count_text(v_work.jobs_completed) END,
                autonomos.change_text(v_work.jobs_completed, v_work.jobs_completed_before),
                '24h vs prior 24h', v_work.jobs_at, '/jobs')),
        'table', json_build_object(
            'title', 'Top 10 Cost Centers (MTD)',
            'columns', json_build_array('Cost Center', 'MTD Spend', 'Δ vs prior period'),
            'rows', (
                SELECT COALESCE(json_agg(json_build_array(
                    COALESCE(s.name, 'Unassigned'), autonomos.money(s.month, v_spend.currency),
                    autonomos.change_text(s.month, s.before)) ORDER BY s.month DESC, s.name), '[]')
                FROM data.top_spend('cost_center', coo_summary.at) AS s),
            'href', '/finops/cost-centers'),
        'left_out', autonomos.left_out(v_spend.currency, v_spend.left_out, NULL, NULL));
END;
$$;
COMMENT ON FUNCTION autonomos.coo_summary(timestamptz) IS 'What a COO looks at.';
GRANT EXECUTE ON FUNCTION autonomos.coo_summary(timestamptz) TO member;
