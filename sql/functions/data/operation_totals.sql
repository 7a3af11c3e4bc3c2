-- How the caller's connections, syncs and jobs have fared: the last 24 hours, and the 24 before them.
--
-- Role:    member
-- Returns: counts; rates from 0 to 1, NULL if nothing ran; times at which something was last seen of connections, syncs,
--          drift and jobs
CREATE OR REPLACE FUNCTION data.operation_totals(
    at timestamptz DEFAULT now(), OUT connections bigint, OUT connections_active bigint, OUT connections_new bigint,
    OUT runs bigint, OUT sync_rate numeric, OUT sync_rate_before numeric,
    OUT records bigint, OUT records_before bigint, OUT has_synced boolean,
    OUT drift bigint, OUT drift_before bigint,
    OUT jobs_completed bigint, OUT jobs_completed_before bigint, OUT jobs_failed bigint, OUT jobs_failed_before bigint,
    OUT jobs_waiting bigint, OUT has_jobs boolean,
    OUT connections_at timestamptz, OUT synced_at timestamptz, OUT drift_at timestamptz, OUT jobs_at timestamptz)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_day   CONSTANT timestamptz := operation_totals.at - interval '1 day';
    v_two   CONSTANT timestamptz := operation_totals.at - interval '2 days';
    v_month CONSTANT timestamptz := operation_totals.at - interval '30 days';
BEGIN
    SELECT count(*), count(*) FILTER (WHERE c.status = 'ACTIVE'), count(*) FILTER (WHERE c.created_at >= v_month), max(c.updated_at)
    INTO connections, connections_active, connections_new, connections_at
    FROM data.connections AS c
    WHERE c.status <> 'DISCONNECTED';

    SELECT
        count(*) FILTER (WHERE r.started_at >= v_day),
        avg((r.status = 'succeeded')::integer) FILTER (WHERE r.started_at >= v_day AND r.status IN ('succeeded', 'partial', 'failed')),
        avg((r.status = 'succeeded')::integer) FILTER (WHERE r.started_at < v_day AND r.status IN ('succeeded', 'partial', 'failed')),
        COALESCE(sum(r.rows_read - r.rows_rejected) FILTER (WHERE r.started_at >= v_day), 0),
        COALESCE(sum(r.rows_read - r.rows_rejected) FILTER (WHERE r.started_at < v_day), 0)
    INTO runs, sync_rate, sync_rate_before, records, records_before
    FROM data.connections AS c
    JOIN data.sync_runs AS r ON r.tenant_id = c.tenant_id AND r.connection_id = c.connection_id
    WHERE r.started_at >= v_two AND r.started_at <= operation_totals.at;
    SELECT max(c.last_sync_at) INTO synced_at FROM data.connections AS c;
    has_synced := runs > 0 OR synced_at IS NOT NULL;

    SELECT count(*) FILTER (WHERE d.created_at >= v_day), count(*) FILTER (WHERE d.created_at < v_day)
    INTO drift, drift_before
    FROM data.drift_events AS d
    WHERE d.created_at >= v_two AND d.created_at <= operation_totals.at;
    -- Nothing drifted is a finding only where somebody has looked.
    SELECT max(s.last_seen_at) INTO drift_at FROM data.schema_snapshots AS s;

    SELECT
        count(*) FILTER (WHERE j.state = 'completed' AND j.ended_at >= v_day),
        count(*) FILTER (WHERE j.state = 'completed' AND j.ended_at < v_day),
        count(*) FILTER (WHERE j.state = 'failed' AND j.ended_at >= v_day),
        count(*) FILTER (WHERE j.state = 'failed' AND j.ended_at < v_day),
        count(*) FILTER (WHERE j.state = 'waiting' AND j.run_at <= operation_totals.at),
        count(*) > 0, max(j.ended_at)
    INTO jobs_completed, jobs_completed_before, jobs_failed, jobs_failed_before, jobs_waiting, has_jobs, jobs_at
    FROM (
        SELECT f.state, f.run_at, f.finished_at AS ended_at
        FROM work.finished_jobs AS f
        WHERE f.tenant_id = auth.tenant_id() AND f.finished_at >= v_two AND f.finished_at <= operation_totals.at
        UNION ALL
        SELECT q.state, q.run_at, q.started_at
        FROM work.jobs AS q
        WHERE q.tenant_id = auth.tenant_id() AND (q.state <> 'failed' OR q.started_at >= v_two)
    ) AS j;
END;
$$;
COMMENT ON FUNCTION data.operation_totals(timestamptz) IS 'How the caller''s connections, syncs and jobs have fared of late.';
GRANT EXECUTE ON FUNCTION data.operation_totals(timestamptz) TO member;
