-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/service_states.sql
-- Requires: functions/work/worker_state.sql
-- Whether the services of AAM work. One is down while nothing does jobs, failing if its last doing failed, running or idle.
-- The whole is down with the workers, degraded with a service that fails, else operational.
--
-- Role:    member
-- Returns: 200 {status, services: {SchemaObserver, RAGEngine, DriftRepairAgent: {status, queue_depth, running,
--          completed_24h, failed_24h, last_run_at, last_success_at, last_error}}, workers: {status, overdue_seconds,
--          last_run_at}, checked_at}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.aam_status()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_workers record;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT w.* INTO v_workers FROM work.worker_state() AS w;
    RETURN (
        SELECT json_build_object(
            'status', CASE WHEN NOT v_workers.is_alive THEN 'down'
                WHEN bool_or(s.status = 'failing') THEN 'degraded' ELSE 'operational' END,
            'services', json_object_agg(s.title, json_build_object(
                'status', s.status, 'queue_depth', s.queue_depth, 'running', s.running_count,
                'completed_24h', s.completed_count, 'failed_24h', s.failed_count,
                'last_run_at', core.rfc3339(s.last_run_at), 'last_success_at', core.rfc3339(s.last_success_at),
                'last_error', s.last_error) ORDER BY s.place),
            'workers', json_build_object(
                'status', CASE WHEN v_workers.is_alive THEN 'running' ELSE 'down' END,
                'overdue_seconds', v_workers.overdue_seconds, 'last_run_at', core.rfc3339(v_workers.last_run_at)),
            'checked_at', core.rfc3339(now()))
        FROM (
            SELECT n.title, n.place, t.*,
                CASE WHEN NOT v_workers.is_alive THEN 'down' WHEN t.last_error IS NOT NULL THEN 'failing'
                    WHEN t.running_count > 0 THEN 'running' ELSE 'idle' END AS status
            FROM data.service_states() AS t
            JOIN (VALUES
                ('schema_observer', 'SchemaObserver', 1), ('rag_engine', 'RAGEngine', 2), ('drift_repair_agent', 'DriftRepairAgent', 3)
            ) AS n (service, title, place) ON n.service = t.service
        ) AS s
    );
END;
$$;
COMMENT ON FUNCTION autonomos.aam_status() IS 'Whether the services of AAM work.';
GRANT EXECUTE ON FUNCTION autonomos.aam_status() TO member;
SELECT api.route('GET /api/v1/aam/status', 'autonomos.aam_status',
    rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "status": "operational|degraded|down",
        "services": {"*": {"status": "idle|running|failing|down", "queue_depth": "integer", "running": "integer",
            "completed_24h": "integer", "failed_24h": "integer", "last_run_at": "string?", "last_success_at": "string?",
            "last_error": "string?"}},
        "workers": {"status": "running|down", "overdue_seconds": "integer", "last_run_at": "string?"},
        "checked_at": "date-time"}');
