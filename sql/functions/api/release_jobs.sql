-- Gives back what a worker has claimed and will not begin or finish, when it stops in order. No failure is counted.
--
-- Role:    pgserver
-- Definer: lends the server the returning of any tenant's jobs
-- Returns: how many
CREATE OR REPLACE FUNCTION api.release_jobs(worker_id uuid)
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_job   work.jobs;
    v_count integer := 0;
BEGIN
    FOR v_job IN
        SELECT j.* FROM work.jobs AS j
        WHERE j.state = 'running' AND j.worker_id = release_jobs.worker_id
        FOR UPDATE SKIP LOCKED
    LOOP
        DELETE FROM work.jobs AS j WHERE j.tenant_id = v_job.tenant_id AND j.job_id = v_job.job_id;
        PERFORM work.return_job(v_job, 'released', 'The worker stopped; the job begins again.', is_counted => false);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION api.release_jobs(uuid) IS 'Gives back what a worker has claimed.';
GRANT EXECUTE ON FUNCTION api.release_jobs(uuid) TO pgserver;
