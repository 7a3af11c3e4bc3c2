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
    IF (finish_job.job).tenant_id <> auth.tenant_id() THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the job is another tenant''s';
    END IF;
    IF finish_job.keep > interval '0' THEN
        INSERT INTO work.finished_jobs (
            tenant_id, job_id, expires_on, kind, queue, priority, state, run_at, enqueued_at, started_at, finished_at,
            attempt, failures, max_attempts, unique_key, requested_by, request_id, traceparent, arguments, result, errors)
        VALUES (
            (finish_job.job).tenant_id, (finish_job.job).job_id,
            (now() AT TIME ZONE 'UTC' + finish_job.keep)::date + 1,
            (finish_job.job).kind, (finish_job.job).queue, (finish_job.job).priority, finish_job.state,
            (finish_job.job).run_at, (finish_job.job).enqueued_at, (finish_job.job).started_at, clock_timestamp(),
            (finish_job.job).attempt, (finish_job.job).failures, (finish_job.job).max_attempts,
            (finish_job.job).unique_key, (finish_job.job).requested_by, (finish_job.job).request_id,
            (finish_job.job).traceparent, (finish_job.job).arguments, finish_job.result, (finish_job.job).errors);
    END IF;
    -- A lane that was full has room again.
    IF (finish_job.job).lane <> '' AND pg_try_advisory_xact_lock(v_locks, hashtext((finish_job.job).queue)) THEN
        PERFORM pg_notify('pgserver_jobs', (finish_job.job).queue);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.finish_job(work.jobs, work.job_state, interval, jsonb) IS 'Records a job as finished.';
GRANT EXECUTE ON FUNCTION work.finish_job(work.jobs, work.job_state, interval, jsonb) TO worker;
