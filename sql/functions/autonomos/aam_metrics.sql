-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/connection_health.sql
-- What a dashboard of AAM sums up, of the calling tenant and as of now; 24h is the last 24 hours.
--
-- Role:    member
-- Returns: 200 {connectors, health, mappings, drift, syncs, records, jobs, alerts, generated_at}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.aam_metrics()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid        := auth.tenant_id();
    v_day       CONSTANT timestamptz := now() - interval '1 day';
BEGIN
    PERFORM autonomos.require_aam();
    RETURN json_build_object(
        'connectors', (
            SELECT json_build_object(
                'total', count(*), 'active', count(*) FILTER (WHERE c.status = 'ACTIVE'),
                'pending', count(*) FILTER (WHERE c.status = 'PENDING'), 'paused', count(*) FILTER (WHERE c.status = 'PAUSED'),
                'failed', count(*) FILTER (WHERE c.status = 'FAILED'))
            FROM data.connections AS c
            WHERE c.tenant_id = v_tenant_id AND c.status <> 'DISCONNECTED'),
        'health', (
            SELECT json_build_object(
                'average_score', round(avg(h.score), 1), 'healthy', count(*) FILTER (WHERE h.grade = 'healthy'),
                'degraded', count(*) FILTER (WHERE h.grade = 'degraded'),
                'unhealthy', count(*) FILTER (WHERE h.grade = 'unhealthy'), 'unknown', count(*) FILTER (WHERE h.grade = 'unknown'))
            FROM data.connection_health() AS h),
        'mappings', (
            SELECT json_build_object(
                'relations', (SELECT count(*) FROM data.mappings AS m WHERE m.tenant_id = v_tenant_id),
                'fields', count(*), 'average_confidence', trim_scale(round(avg(f.confidence), 3)),
                'suggestions_pending', (
                    SELECT count(*) FROM data.mapping_suggestions AS s
                    WHERE s.tenant_id = v_tenant_id AND s.status = 'pending'))
            FROM data.mapping_fields AS f
            WHERE f.tenant_id = v_tenant_id),
        'drift', (
            SELECT json_build_object(
                'events_24h', count(*) FILTER (WHERE d.created_at >= v_day),
                'auto_repaired_24h', count(*) FILTER (WHERE d.status = 'auto_repaired' AND d.created_at >= v_day),
                'queued', count(*) FILTER (WHERE d.status = 'queued'))
            FROM data.drift_events AS d
            WHERE d.tenant_id = v_tenant_id AND (d.created_at >= v_day OR d.status = 'queued')),
        'syncs', (
            SELECT json_build_object(
                'runs_24h', count(*), 'running', count(*) FILTER (WHERE r.status = 'running'),
                'succeeded_24h', count(*) FILTER (WHERE r.status = 'succeeded'),
                'partial_24h', count(*) FILTER (WHERE r.status = 'partial'),
                'failed_24h', count(*) FILTER (WHERE r.status = 'failed'),
                'success_rate_24h', round(avg((r.status = 'succeeded')::integer) FILTER (
                    WHERE r.status IN ('succeeded', 'partial', 'failed')), 4),
                'records_read_24h', COALESCE(sum(r.rows_read), 0),
                'records_written_24h', COALESCE(sum(r.rows_inserted + r.rows_updated + r.rows_removed), 0),
                'records_rejected_24h', COALESCE(sum(r.rows_rejected), 0),
                'bytes_24h', COALESCE(sum(r.bytes_read), 0),
                'average_duration_seconds_24h', round(avg(extract(epoch FROM r.finished_at - r.started_at)), 3))
            FROM data.connections AS c
            JOIN data.sync_runs AS r ON r.tenant_id = c.tenant_id AND r.connection_id = c.connection_id
            WHERE c.tenant_id = v_tenant_id AND r.started_at >= v_day),
        'records', (
            SELECT COALESCE(json_object_agg(e.entity, COALESCE(t.total, 0) ORDER BY e.entity), '{}')
            FROM data.entities AS e
            LEFT JOIN (
                SELECT n.entity, sum(n.total) AS total FROM data.entity_counts AS n
                WHERE n.tenant_id = v_tenant_id
                GROUP BY n.entity
            ) AS t ON t.entity = e.entity),
        'jobs', (
            SELECT json_build_object(
                'waiting', count(*) FILTER (WHERE j.state = 'waiting' AND j.run_at <= now()),
                'scheduled', count(*) FILTER (WHERE j.state = 'waiting' AND j.run_at > now()),
                'running', count(*) FILTER (WHERE j.state = 'running'), 'failed', count(*) FILTER (WHERE j.state = 'failed'))
            FROM work.jobs AS j
            WHERE j.tenant_id = v_tenant_id),
        'alerts', (
            SELECT json_build_object(
                'firing', count(*) FILTER (WHERE a.status = 'firing'), 'fired_24h', count(*) FILTER (WHERE a.fired_at >= v_day))
            FROM data.alerts AS a
            WHERE a.tenant_id = v_tenant_id AND (a.status = 'firing' OR a.fired_at >= v_day)),
        'generated_at', core.rfc3339(now()));
END;
$$;
COMMENT ON FUNCTION autonomos.aam_metrics() IS 'What a dashboard of AAM sums up.';
GRANT EXECUTE ON FUNCTION autonomos.aam_metrics() TO member;
SELECT api.route('GET /api/v1/aam/metrics', 'autonomos.aam_metrics',
    rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "connectors": {"total": "integer", "active": "integer", "pending": "integer", "paused": "integer", "failed": "integer"},
        "health": {"average_score": "number?", "healthy": "integer", "degraded": "integer", "unhealthy": "integer",
                   "unknown": "integer"},
        "mappings": {"relations": "integer", "fields": "integer", "average_confidence": "number?",
                     "suggestions_pending": "integer"},
        "drift": {"events_24h": "integer", "auto_repaired_24h": "integer", "queued": "integer"},
        "syncs": {"runs_24h": "integer", "running": "integer", "succeeded_24h": "integer", "partial_24h": "integer",
                  "failed_24h": "integer", "success_rate_24h": "number?", "records_read_24h": "integer",
                  "records_written_24h": "integer", "records_rejected_24h": "integer", "bytes_24h": "integer",
                  "average_duration_seconds_24h": "number?"},
        "records": {"*": "integer"},
        "jobs": {"waiting": "integer", "scheduled": "integer", "running": "integer", "failed": "integer"},
        "alerts": {"firing": "integer", "fired_24h": "integer"},
        "generated_at": "date-time"}');
