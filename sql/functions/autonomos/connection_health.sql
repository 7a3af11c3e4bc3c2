-- Requires: functions/autonomos/connection_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/connection_health.sql
-- How well a connection fares, by its id or its slug, and what that is made of.
--
-- Role:    member
-- Returns: 200 {connection_id, name, status, score, grade, checked_at, components: {syncs, freshness, drift, errors}}: each
--          with its score from 0 to 1, null if nothing is known, its weight and its figures
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.connection_health(connection_id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    v_id := autonomos.connection_id(connection_health.connection_id);
    RETURN (SELECT json_build_object(
        'connection_id', c.connection_id, 'name', c.name, 'status', c.status, 'score', h.score, 'grade', h.grade,
        'checked_at', core.rfc3339(now()),
        'components', json_build_object(
            'syncs', json_build_object(
                'score', h.sync_score, 'weight', 40, 'window_days', 7, 'runs', h.run_count,
                'succeeded', h.succeeded_count, 'partial', h.partial_count, 'failed', h.failed_count),
            'freshness', json_build_object(
                'score', h.freshness_score, 'weight', 20, 'last_success_at', core.rfc3339(h.last_success_at)),
            'drift', json_build_object(
                'score', h.drift_score, 'weight', 20, 'window_days', 30, 'queued', h.queued_drift, 'detected', h.detected_drift),
            'errors', json_build_object(
                'score', h.error_score, 'weight', 20, 'window_days', 7, 'rows_read', h.rows_read,
                'rows_rejected', h.rows_rejected)))
    FROM data.connections AS c
    CROSS JOIN LATERAL data.connection_health(c.connection_id) AS h
    WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = v_id);
END;
$$;
COMMENT ON FUNCTION autonomos.connection_health(text) IS 'How well a connection fares, and what that is made of.';
GRANT EXECUTE ON FUNCTION autonomos.connection_health(text) TO member;
SELECT api.route('GET /api/v1/aam/connections/{connection_id}/health', 'autonomos.connection_health',
    rate => 'read', tag => 'AAM',
    returns => '{
        "connection_id": "uuid", "name": "string", "status": "string", "score": "integer?",
        "grade": "healthy|degraded|unhealthy|unknown", "checked_at": "date-time",
        "components": {
            "syncs": {"score": "number?", "weight": "integer", "window_days": "integer", "runs": "integer",
                      "succeeded": "integer", "partial": "integer", "failed": "integer"},
            "freshness": {"score": "number?", "weight": "integer", "last_success_at": "string?"},
            "drift": {"score": "number?", "weight": "integer", "window_days": "integer", "queued": "integer", "detected": "integer"},
            "errors": {"score": "number?", "weight": "integer", "window_days": "integer", "rows_read": "integer",
                       "rows_rejected": "integer"}}}',
    errors => '{404 not_found the tenant has no such connection,503 unavailable AAM models not configured}');
