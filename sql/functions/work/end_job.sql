-- Requires: functions/work/finish_job.sql
-- Ends a job that waits, runs or is parked. One that runs is told at once; until its worker has ended it, it may still
-- be done.
--
-- Role:    pgserver_owner, for functions that have asked whether the caller may
-- Returns: cancelled; cancelling: it runs, and its worker is being told; NULL: there is no such job any more
CREATE OR REPLACE FUNCTION work.end_job(tenant_id uuid, job_id bigint)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_job work.jobs;
BEGIN
    -- One that runs is locked until its end, so it is left out before it is locked.
    DELETE FROM work.jobs AS j
    WHERE j.tenant_id = end_job.tenant_id AND j.job_id = end_job.job_id AND j.state <> 'running'
    RETURNING j.* INTO v_job;
    IF FOUND THEN
        PERFORM work.finish_job(
            v_job, 'cancelled',
            COALESCE((SELECT k.keep FROM work.job_kinds AS k WHERE k.kind = v_job.kind), interval '7 days'));
        RETURN 'cancelled';
    END IF;
    INSERT INTO work.job_cancels (tenant_id, job_id, requested_by)
    SELECT j.tenant_id, j.job_id, auth.user_id()
    FROM work.jobs AS j WHERE j.tenant_id = end_job.tenant_id AND j.job_id = end_job.job_id
    ON CONFLICT ON CONSTRAINT job_cancels_pkey DO NOTHING;
    IF FOUND OR EXISTS (
        SELECT FROM work.job_cancels AS c WHERE c.tenant_id = end_job.tenant_id AND c.job_id = end_job.job_id)
    THEN
        PERFORM pg_notify('pgserver_jobs', '!cancelled');
        RETURN 'cancelling';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION work.end_job(uuid, bigint) IS 'Ends a job that waits, runs or is parked.';
