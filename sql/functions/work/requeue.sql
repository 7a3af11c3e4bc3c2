-- Requires: functions/work/require_jobs.sql
-- Has a parked job tried again, with all of its attempts, or one that waits tried sooner. The errors so far stay.
--
-- Role:    member, worker
-- Definer: lends the changing of jobs, of the caller's tenant; of any, to the operator
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden         403  the permission jobs.manage is missing
--          PT404 not_found         404  no such job of the tenant is parked or waits
--          23505 jobs_unique_key   409  an equal job waits already
CREATE OR REPLACE FUNCTION work.requeue(job_id bigint, run_at timestamptz DEFAULT now())
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_tenant_id CONSTANT uuid := work.require_jobs();
    v_locks     CONSTANT integer := 887001;
    v_queue     text;
BEGIN
    UPDATE work.jobs AS j
    SET state = 'waiting', failures = CASE j.state WHEN 'failed' THEN 0 ELSE j.failures END,
        run_at = GREATEST(requeue.run_at, clock_timestamp())
    WHERE j.job_id = requeue.job_id AND j.tenant_id = COALESCE(v_tenant_id, j.tenant_id)
      AND j.state IN ('failed', 'waiting')
    RETURNING j.queue INTO v_queue;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'No such job is parked or waits.');
    END IF;
    IF pg_try_advisory_xact_lock(v_locks, hashtext(v_queue)) THEN
        PERFORM pg_notify('pgserver_jobs', v_queue);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.requeue(bigint, timestamptz) IS 'Has a parked job tried again, or one that waits sooner.';
GRANT EXECUTE ON FUNCTION work.requeue(bigint, timestamptz) TO member, worker;
