-- Requires: functions/data/connection_health.sql
-- Requires: functions/data/spend_totals.sql
-- The figure that an alert rule watches, of the tenant the caller acts for.
--
--   sync_failures        runs that failed in the window
--   sync_failure_rate    their share of all that ended, 0 to 1
--   records_synced       rows that became records, or were found to be them, in the window
--   records_rejected     rows that could not, in the window
--   reject_rate          their share of all rows read, 0 to 1
--   minutes_since_sync   since the last run that succeeded; without a connection that of the active one that waits longest
--   drift_events         differences found in the window
--   drift_queued         differences that wait for a person
--   health_score         0 to 100; without a connection the lowest
--   jobs_failed          jobs that were parked in the window
--   suggestions_pending  suggestions that wait for a person
--   spend_to_budget      this month's costs over the budget for as much of it as is over; 1 is as planned
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: NULL where there is nothing to judge by
CREATE OR REPLACE FUNCTION data.alert_value(
    metric data.alert_metric, connection_id uuid, window_minutes integer, at timestamptz DEFAULT now())
RETURNS numeric LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_tenant_id CONSTANT uuid        := auth.tenant_id();
    v_since     CONSTANT timestamptz := alert_value.at - make_interval(mins => alert_value.window_minutes);
    v_value     numeric;
BEGIN
    IF alert_value.metric IN ('sync_failures', 'sync_failure_rate', 'records_synced', 'records_rejected', 'reject_rate') THEN
        SELECT CASE alert_value.metric
            WHEN 'sync_failures' THEN count(*) FILTER (WHERE r.status = 'failed')
            WHEN 'sync_failure_rate' THEN avg((r.status = 'failed')::integer) FILTER (
                WHERE r.status IN ('succeeded', 'partial', 'failed'))
            WHEN 'records_synced' THEN COALESCE(sum(r.rows_read - r.rows_rejected), 0)
            WHEN 'records_rejected' THEN COALESCE(sum(r.rows_rejected), 0)
            ELSE sum(r.rows_rejected) / nullif(sum(r.rows_read), 0) END
        INTO v_value
        FROM data.connections AS c
        JOIN data.sync_runs AS r ON r.tenant_id = c.tenant_id AND r.connection_id = c.connection_id
        WHERE c.tenant_id = v_tenant_id AND r.started_at >= v_since AND r.started_at <= alert_value.at
            AND (c.connection_id = alert_value.connection_id OR alert_value.connection_id IS NULL);
    ELSIF alert_value.metric = 'minutes_since_sync' THEN
        SELECT round(extract(epoch FROM alert_value.at - min(s.at)) / 60, 2)
        INTO v_value
        FROM data.connections AS c
        CROSS JOIN LATERAL (
            SELECT max(r.finished_at) AS at
            FROM data.sync_runs AS r
            WHERE r.tenant_id = c.tenant_id AND r.connection_id = c.connection_id AND r.status = 'succeeded'
                AND r.finished_at <= alert_value.at
        ) AS s
        WHERE c.tenant_id = v_tenant_id AND c.status IN ('ACTIVE', 'FAILED')
            AND (c.connection_id = alert_value.connection_id OR alert_value.connection_id IS NULL);
    ELSIF alert_value.metric IN ('drift_events', 'drift_queued') THEN
        SELECT count(*)
        INTO v_value
        FROM data.drift_events AS d
        WHERE d.tenant_id = v_tenant_id
            AND CASE alert_value.metric WHEN 'drift_queued' THEN d.status = 'queued'
                ELSE d.created_at >= v_since AND d.created_at <= alert_value.at END
            AND (d.connection_id = alert_value.connection_id OR alert_value.connection_id IS NULL);
    ELSIF alert_value.metric = 'health_score' THEN
        SELECT min(h.score) INTO v_value FROM data.connection_health(alert_value.connection_id, alert_value.at) AS h;
    ELSIF alert_value.metric = 'jobs_failed' THEN
        SELECT count(*)
        INTO v_value
        FROM work.jobs AS j
        WHERE j.tenant_id = v_tenant_id AND j.state = 'failed' AND j.started_at >= v_since AND j.started_at <= alert_value.at;
    ELSIF alert_value.metric = 'suggestions_pending' THEN
        SELECT count(*)
        INTO v_value
        FROM data.mapping_suggestions AS s
        WHERE s.tenant_id = v_tenant_id AND s.status = 'pending'
            AND (s.connection_id = alert_value.connection_id OR alert_value.connection_id IS NULL);
    ELSE
        SELECT t.month / nullif(t.month_budget * t.elapsed, 0) INTO v_value FROM data.spend_totals(alert_value.at) AS t;
    END IF;
    RETURN round(v_value, 6);
END;
$$;
COMMENT ON FUNCTION data.alert_value(data.alert_metric, uuid, integer, timestamptz) IS 'The figure that an alert rule watches.';
