-- How the services of the mapping intelligence fare for the caller's tenant: what waits for each, what it did, and whether
-- its last doing failed.
--
--   schema_observer      looks at what sources have (data.discoveries)
--   rag_engine           suggests mappings; those that wait for a person are its queue
--   drift_repair_agent   repairs what drifted; what a person is asked about is its queue
--
-- Role:    member
CREATE OR REPLACE FUNCTION data.service_states(at timestamptz DEFAULT now())
RETURNS TABLE (
    service text, queue_depth bigint, running_count bigint, completed_count bigint, failed_count bigint,
    last_run_at timestamptz, last_success_at timestamptz, last_error text)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid        := auth.tenant_id();
    v_day       CONSTANT timestamptz := service_states.at - interval '1 day';
BEGIN
    RETURN QUERY
    SELECT
        'schema_observer', count(*) FILTER (WHERE d.status = 'queued' AND d.created_at > service_states.at - interval '7 days'),
        (SELECT count(*) FROM work.jobs AS j
         WHERE j.tenant_id = v_tenant_id AND j.kind = 'data.run_discovery' AND j.state = 'running'),
        count(*) FILTER (WHERE d.status = 'succeeded' AND d.finished_at >= v_day),
        count(*) FILTER (WHERE d.status = 'failed' AND d.finished_at >= v_day),
        max(d.finished_at), max(d.finished_at) FILTER (WHERE d.status = 'succeeded'),
        (SELECT l.error FROM data.discoveries AS l
         WHERE l.tenant_id = v_tenant_id AND l.finished_at IS NOT NULL
         ORDER BY l.finished_at DESC LIMIT 1)
    FROM data.discoveries AS d
    WHERE d.tenant_id = v_tenant_id AND d.created_at <= service_states.at
    UNION ALL
    SELECT
        'rag_engine', count(*) FILTER (WHERE s.status = 'pending'),
        (SELECT count(*) FROM work.jobs AS j
         WHERE j.tenant_id = v_tenant_id AND j.kind = 'data.bulk_mapping' AND j.state = 'running'),
        count(*) FILTER (WHERE s.created_at >= v_day),
        (SELECT count(*) FROM work.jobs AS j
         WHERE j.tenant_id = v_tenant_id AND j.kind = 'data.bulk_mapping' AND j.state = 'failed' AND j.started_at >= v_day),
        max(s.created_at), max(s.created_at),
        (SELECT j.errors -> -1 ->> 'message' FROM work.jobs AS j
         WHERE j.tenant_id = v_tenant_id AND j.kind = 'data.bulk_mapping' AND j.state = 'failed' AND j.started_at >= v_day
         ORDER BY j.started_at DESC LIMIT 1)
    FROM data.mapping_suggestions AS s
    WHERE s.tenant_id = v_tenant_id AND s.created_at <= service_states.at
    UNION ALL
    -- That it could not repair something is no failure of its own: then a person is asked.
    SELECT
        'drift_repair_agent', count(*) FILTER (WHERE d.status = 'queued'), 0,
        count(*) FILTER (WHERE d.status IN ('auto_repaired', 'repaired') AND d.resolved_at >= v_day), 0,
        max(COALESCE(d.resolved_at, d.created_at)) FILTER (WHERE d.status <> 'detected'), max(d.resolved_at), NULL
    FROM data.drift_events AS d
    WHERE d.tenant_id = v_tenant_id AND d.created_at <= service_states.at;
END;
$$;
COMMENT ON FUNCTION data.service_states(timestamptz) IS 'How the services of the mapping intelligence fare for the caller''s tenant.';
GRANT EXECUTE ON FUNCTION data.service_states(timestamptz) TO member;
