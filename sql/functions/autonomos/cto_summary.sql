-- Requires: functions/autonomos/tile.sql
-- Requires: functions/data/connection_health.sql
-- Requires: functions/data/operation_totals.sql
-- What a CTO looks at: connections, their syncs, drift and failures, and which of them fare worst.
--
-- Role:    member
-- Returns: {tiles, table, left_out}
CREATE OR REPLACE FUNCTION autonomos.cto_summary(at timestamptz DEFAULT now())
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_row_count_max CONSTANT integer := 10;
    v_work          record;
BEGIN
    SELECT t.* INTO v_work FROM data.operation_totals(cto_summary.at) AS t;
    RETURN json_build_object(
        'tiles', json_build_array(
            autonomos.tile('active_connectors', 'Active Connectors',
                CASE WHEN v_work.connections > 0 THEN format('%s of %s',
                    autonomos.count_text(v_work.connections_active), autonomos.count_text(v_work.connections)) END,
                CASE WHEN v_work.connections_new > 0 THEN '+' ELSE '' END || autonomos.count_text(v_work.connections_new),
                'New in 30 days', v_work.connections_at, '/connectors'),
            autonomos.tile('sync_success', 'Sync Success Rate (24h)', round(v_work.sync_rate * 100) || '%',
                autonomos.points_text(v_work.sync_rate, v_work.sync_rate_before),
                '24h vs prior 24h', v_work.synced_at, '/connectors'),
            autonomos.tile('schema_drift', 'Schema Drift (24h)',
                CASE WHEN v_work.drift_at IS NOT NULL THEN autonomos.count_text(v_work.drift) END,
                autonomos.change_text(v_work.drift, v_work.drift_before),
                '24h vs prior 24h', v_work.drift_at, '/connectors/drift'),
            autonomos.tile('failed_jobs', 'Failed Jobs (24h)',
                CASE WHEN v_work.has_jobs THEN autonomos.count_text(v_work.jobs_failed) END,
                autonomos.change_text(v_work.jobs_failed, v_work.jobs_failed_before),
                '24h vs prior 24h', v_work.jobs_at, '/jobs')),
        'table', json_build_object(
            'title', 'Connector Health',
            'columns', json_build_array('Connector', 'Health Score', 'Records (24h)', 'Δ vs prior period'),
            'rows', (
                SELECT COALESCE(json_agg(json_build_array(
                    t.name, COALESCE(t.score::text, 'No data'), autonomos.count_text(t.records),
                    autonomos.change_text(t.records, t.records_before)) ORDER BY t.score NULLS LAST, t.name), '[]')
                FROM (
                    SELECT c.name, h.score,
                        COALESCE(sum(r.rows_read - r.rows_rejected) FILTER (WHERE r.started_at >= cto_summary.at - interval '1 day'), 0) AS records,
                        COALESCE(sum(r.rows_read - r.rows_rejected) FILTER (WHERE r.started_at < cto_summary.at - interval '1 day'), 0) AS records_before
                    FROM data.connection_health(at => cto_summary.at) AS h
                    JOIN data.connections AS c ON c.connection_id = h.connection_id
                    LEFT JOIN data.sync_runs AS r
                        ON r.tenant_id = c.tenant_id AND r.connection_id = c.connection_id
                        AND r.started_at >= cto_summary.at - interval '2 days' AND r.started_at <= cto_summary.at
                    GROUP BY c.connection_id, c.name, h.score
                    ORDER BY h.score NULLS LAST, c.name
                    LIMIT v_row_count_max
                ) AS t),
            'href', '/connectors'),
        'left_out', '[]'::json);
END;
$$;
COMMENT ON FUNCTION autonomos.cto_summary(timestamptz) IS 'What a CTO looks at.';
GRANT EXECUTE ON FUNCTION autonomos.cto_summary(timestamptz) TO member;
