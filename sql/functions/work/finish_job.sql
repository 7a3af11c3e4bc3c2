-- Records a job that was taken out of work.jobs as finished.
--
-- Role:    worker, through api.run_job and api.finish_effect
-- Definer: lends the writing of work.finished_jobs, for the caller's tenant; for any, to api functions of the server's
-- Errors:  42501  the job is another tenant's
CREATE OR REPLACE FUNCTION work.finish_job(
    job work.jobs, state work.job_state, keep interval, result jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_locks CONSTANT integer := 887001;
BEGIN
    IF job.tenant_id <> auth.tenant_id() THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the job is another tenant''s';
    END IF;
    IF finish_job.keep > interval '0' THEN
        INSERT INTO work.finished_jobs (
            tenant_id, job_id, expires_on, kind, queue, priority, state, run_at, enqueued_at, started_at, finished_at,
            attempt, failures, max_attempts, unique_key, requested_by, request_id, traceparent, arguments, result, errors)
        VALUES (
            job.tenant_id, job.job_id,
            (now() AT TIME ZONE 'UTC' + finish_job.keep)::date + 1,
            job.kind, job.queue, job.priority, finish_job.state,
            job.run_at, job.enqueued_at, job.started_at, clock_timestamp(),
            job.attempt, job.failures, job.max_attempts,
            job.unique_key, job.requested_by, job.request_id,
            job.traceparent, job.arguments, finish_job.result, job.errors);
    END IF;
    -- A lane that was full has room again.
    IF job.lane <> '' AND pg_try_advisory_xact_lock(v_locks, hashtext(job.queue)) THEN
        PERFORM pg_notify('pgserver_jobs', job.queue);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.finish_job(work.jobs, work.job_state, interval, jsonb) IS 'Records a job as finished.';
GRANT EXECUTE ON FUNCTION work.finish_job(work.jobs, work.job_state, interval, jsonb) TO worker;
