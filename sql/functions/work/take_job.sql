-- Takes a claimed job out of work.jobs, for the transaction that does it: whoever else wants it must wait or skip it
-- until that commits, and then it is gone.
--
-- Role:    worker, through api.run_job and api.finish_effect
-- Definer: lends the taking of jobs, for the caller's tenant
-- Returns: the job; NULL if this attempt is not under way any more
CREATE OR REPLACE FUNCTION work.take_job(job_id bigint, attempt integer)
RETURNS work.jobs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
-- A plan made while the table is nearly empty is used when it is not.
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_job work.jobs;
BEGIN
    DELETE FROM work.jobs AS j
    WHERE j.tenant_id = auth.tenant_id() AND j.job_id = take_job.job_id
      AND j.attempt = take_job.attempt AND j.state = 'running'
    RETURNING j.* INTO v_job;
    RETURN v_job;
END;
$$;
COMMENT ON FUNCTION work.take_job(bigint, integer) IS 'Takes a claimed job out of work.jobs.';
GRANT EXECUTE ON FUNCTION work.take_job(bigint, integer) TO worker;
