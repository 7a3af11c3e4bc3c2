-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/require_aam.sql
-- What became of a discovery.
--
-- Role:    member
-- Returns: 200 {job_id, connector_id, status: queued|running|succeeded|failed, progress: from 0 to 1, message,
--          relations_found, columns_found, drift_found, schema_version, error: null or {code, message}, created_at,
--          started_at, finished_at}. A job that was cancelled, or given up by its worker, has failed.
-- Errors:  PT404 not_found    404  the tenant has no such discovery
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_discovery(job_id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_discovery data.discoveries;
    v_job       work.jobs;
    v_progress  jsonb;
    v_status    text;
BEGIN
    PERFORM autonomos.require_aam();
    IF get_discovery.job_id ~* '^job-[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN
        SELECT d.* INTO v_discovery
        FROM data.discoveries AS d
        WHERE d.tenant_id = auth.tenant_id() AND d.discovery_id = substr(get_discovery.job_id, 5)::uuid;
    END IF;
    IF v_discovery.discovery_id IS NULL THEN
        PERFORM api.fail('not_found', 'Discovery job not found.', 404);
    END IF;
    v_status := v_discovery.status;
    IF v_status = 'queued' THEN
        SELECT j.* INTO v_job
        FROM work.jobs AS j
        WHERE j.tenant_id = v_discovery.tenant_id AND j.job_id = v_discovery.job_id;
        SELECT p.progress INTO v_progress
        FROM work.job_progress AS p
        WHERE p.tenant_id = v_discovery.tenant_id AND p.job_id = v_discovery.job_id AND v_job.state = 'running';
        v_status := CASE v_job.state WHEN 'waiting' THEN 'queued' WHEN 'running' THEN 'running' ELSE 'failed' END;
    END IF;
    RETURN json_build_object(
        'job_id', 'job-' || v_discovery.discovery_id,
        'connector_id', v_discovery.connection_id,
        'status', v_status,
        'progress', CASE WHEN v_status = 'succeeded' THEN 1 ELSE COALESCE((v_progress ->> 'fraction')::numeric, 0) END,
        'message', v_progress -> 'message',
        'relations_found', v_discovery.relations_found,
        'columns_found', v_discovery.columns_found,
        'drift_found', v_discovery.drift_found,
        'schema_version', v_discovery.version,
        'error', CASE
            WHEN v_discovery.error_code IS NOT NULL
                THEN json_build_object('code', v_discovery.error_code, 'message', v_discovery.error)
            WHEN v_status = 'failed' AND v_job.state = 'failed'
                THEN json_build_object('code', 'job_failed', 'message', 'The job failed as often as it may be tried.')
            WHEN v_status = 'failed' THEN json_build_object('code', 'cancelled', 'message', 'The job was cancelled.')
        END,
        'created_at', core.rfc3339(v_discovery.created_at),
        'started_at', core.rfc3339(COALESCE(v_discovery.started_at, v_job.started_at)),
        'finished_at', core.rfc3339(v_discovery.finished_at));
END;
$$;
COMMENT ON FUNCTION autonomos.get_discovery(text) IS 'What became of a discovery.';
GRANT EXECUTE ON FUNCTION autonomos.get_discovery(text) TO member;
SELECT api.route(
    'GET /api/v1/aam/discovery/jobs/{job_id}', 'autonomos.get_discovery', rate => 'read', tag => 'AAM',
    errors => '{404 not_found the tenant has no such discovery,503 unavailable AAM models not configured}',
    returns => '{
        "job_id": "string", "connector_id": "uuid", "status": "queued|running|succeeded|failed", "progress": "number",
        "message": "string?", "relations_found": "integer?", "columns_found": "integer?", "drift_found": "integer?",
        "schema_version": "integer?", "error": "object?", "created_at": "string", "started_at": "string?",
        "finished_at": "string?"
    }');
