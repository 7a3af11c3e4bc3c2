-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Brings the activity by hour and day up to date, for all tenants at once and without locking readers out.
--
-- Role:    worker
-- Definer: lends the refreshing of the materialized views behind it
-- Returns: {refreshed_at}
CREATE OR REPLACE FUNCTION data.refresh_activity(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_at timestamptz;
BEGIN
    PERFORM data_summary.refresh_activity();
    INSERT INTO data.summary_refreshes AS s (summary, refreshed_at)
    VALUES ('activity', now())
    ON CONFLICT ON CONSTRAINT summary_refreshes_pkey DO UPDATE SET refreshed_at = EXCLUDED.refreshed_at
    RETURNING s.refreshed_at INTO v_at;
    RETURN jsonb_build_object('refreshed_at', core.rfc3339(v_at));
END;
$$;
COMMENT ON FUNCTION data.refresh_activity(jsonb) IS 'Brings the activity by hour and day up to date, for all tenants.';
GRANT EXECUTE ON FUNCTION data.refresh_activity(jsonb) TO worker;
SELECT work.job_kind('data.refresh_activity', 'data.refresh_activity', max_attempts => 3, timeout => interval '10 min');
SELECT work.schedule('data.refresh_activity', '5-59/10 * * * *', 'data.refresh_activity');
