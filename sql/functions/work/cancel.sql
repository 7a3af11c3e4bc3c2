-- Requires: functions/work/end_job.sql
-- Requires: functions/work/require_jobs.sql
-- Ends a job that waits, runs or is parked. One that runs is told at once; until its worker has ended it, it may still
-- be done.
--
-- Role:    member, worker
-- Definer: lends the ending of jobs, of the caller's tenant; of any, to the operator
-- Returns: cancelled; cancelling: it runs, and its worker is being told
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission jobs.manage is missing
--          PT404 not_found        404  no such job of the tenant waits, runs or is parked
CREATE OR REPLACE FUNCTION work.cancel(job_id bigint)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_jobs();
    v_outcome   text;
BEGIN
    SELECT work.end_job(j.tenant_id, j.job_id) INTO v_outcome
    FROM work.jobs AS j
    WHERE j.job_id = cancel.job_id AND j.tenant_id = COALESCE(v_tenant_id, j.tenant_id);
    IF v_outcome IS NULL THEN
        PERFORM api.fail('not_found', 'No such job waits, runs or is parked.');
    END IF;
    RETURN v_outcome;
END;
$$;
COMMENT ON FUNCTION work.cancel(bigint) IS 'Ends a job that waits, runs or is parked.';
GRANT EXECUTE ON FUNCTION work.cancel(bigint) TO member, worker;
