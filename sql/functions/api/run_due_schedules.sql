-- Requires: functions/work/cron_next.sql
-- Requires: functions/work/enqueue.sql
-- Enqueues the jobs of schedules that are due, and says when each is due next, in one transaction. A schedule that
-- another node has in hand is left to it.
--
-- Of runs that were missed one is enqueued for all, or each, as the schedule says. While a run waits that stands for all,
-- no other is added to it.
--
-- Role:    pgserver; every node asks, again and again
-- Definer: lends the server the schedules of every tenant
-- Returns: how many runs were dealt with; as many as were asked for means that there may be more
CREATE OR REPLACE FUNCTION api.run_due_schedules(max_count integer DEFAULT 500)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_fault_pause CONSTANT interval    := interval '1 hour';
    v_now         CONSTANT timestamptz := clock_timestamp();
    v_due         record;
    v_job         bigint;
    v_error       text;
    v_run_at      timestamptz;
    v_next        timestamptz;
    v_count       integer := 0;
BEGIN
    FOR v_due IN
        SELECT s.*, c.next_run_at
        FROM work.schedule_clocks AS c
        JOIN work.schedules AS s ON s.tenant_id = c.tenant_id AND s.schedule_id = c.schedule_id
        WHERE c.next_run_at <= v_now
        ORDER BY c.next_run_at
        LIMIT GREATEST(run_due_schedules.max_count, 0)
        FOR UPDATE OF c SKIP LOCKED
    LOOP
        v_error := NULL;
        v_run_at := v_due.next_run_at;
        BEGIN
            LOOP
                v_job := work.enqueue(
                    v_due.kind,
                    v_due.arguments || jsonb_build_object('schedule', jsonb_build_object(
                        'name', v_due.name, 'run_at', v_run_at)),
                    v_due.queue, v_due.priority,
                    unique_key => 'schedule ' || v_due.schedule_id || CASE
                        WHEN v_due.catch_up THEN ' ' || extract(epoch FROM v_run_at)::bigint ELSE '' END,
                    tenant_id => v_due.tenant_id);
                v_count := v_count + 1;
                v_next := work.cron_next(
                    v_due.expression, v_due.time_zone, CASE WHEN v_due.catch_up THEN v_run_at ELSE v_now END);
                EXIT WHEN v_next IS NULL OR v_next > v_now OR v_count >= run_due_schedules.max_count;
                v_run_at := v_next;
            END LOOP;
        EXCEPTION WHEN invalid_parameter_value OR SQLSTATE 'PT400' THEN
            -- Its kind is gone, or its time zone: no reason for others to wait.
            GET STACKED DIAGNOSTICS v_error = MESSAGE_TEXT;
            v_next := v_now + v_fault_pause;
            v_count := v_count + 1;
        END;
        UPDATE work.schedule_clocks AS c
        SET next_run_at = v_next, error = v_error,
            last_run_at = CASE WHEN v_error IS NULL THEN v_run_at ELSE c.last_run_at END,
            last_job_id = CASE WHEN v_error IS NULL THEN v_job ELSE c.last_job_id END
        WHERE c.tenant_id = v_due.tenant_id AND c.schedule_id = v_due.schedule_id;
        EXIT WHEN v_count >= run_due_schedules.max_count;
    END LOOP;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION api.run_due_schedules(integer) IS 'Enqueues the jobs of schedules that are due.';
GRANT EXECUTE ON FUNCTION api.run_due_schedules(integer) TO pgserver;
