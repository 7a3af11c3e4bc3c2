-- Gives jobs whose worker has not been heard of to others. The attempt counts as failed: a job that kills its workers
-- is parked in the end.
--
-- Role:    pgserver; every node asks every few seconds, one of them is answered
-- Definer: lends the server the returning of any tenant's jobs
-- Returns: how many
CREATE OR REPLACE FUNCTION api.requeue_expired()
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_sweep_locks CONSTANT integer := 887004;
    v_count_max   CONSTANT integer := 1000;
    v_job         work.jobs;
    v_count       integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(v_sweep_locks, 0) THEN
        RETURN 0;
    END IF;
    FOR v_job IN
        SELECT j.* FROM work.jobs AS j
        WHERE j.state = 'running' AND j.lease_until <= clock_timestamp()
        ORDER BY j.lease_until
        LIMIT v_count_max
        FOR UPDATE SKIP LOCKED
    LOOP
        DELETE FROM work.jobs AS j WHERE j.tenant_id = v_job.tenant_id AND j.job_id = v_job.job_id;
        PERFORM work.return_job(v_job, 'worker_lost', 'The worker was lost.');
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;
COMMENT ON FUNCTION api.requeue_expired() IS 'Gives jobs whose worker has not been heard of to others.';
GRANT EXECUTE ON FUNCTION api.requeue_expired() TO pgserver;
