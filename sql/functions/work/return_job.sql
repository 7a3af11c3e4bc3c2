-- Requires: functions/work/finish_job.sql
-- Puts a job that was taken out of work.jobs back after an attempt that failed: to be tried again, parked after its
-- last attempt, or ended if somebody asked for that meanwhile.
--
-- The pause doubles with each failure up to the kind's longest; half of it is left to chance, so that jobs that failed
-- together do not come back together. retry_after, if longer, is honoured up to a day.
--
-- Role:    worker, through api.run_job and api.finish_effect
-- Definer: lends the writing of work.jobs, for the caller's tenant; for any, to api functions of the server's
-- Returns: retrying, failed or cancelled
-- Errors:  42501  the job is another tenant's
CREATE OR REPLACE FUNCTION work.return_job(
    job work.jobs, code text, message text, detail text DEFAULT NULL, is_counted boolean DEFAULT true,
    is_final boolean DEFAULT false, retry_after interval DEFAULT NULL)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_errors_max      CONSTANT integer  := 20;
    v_text_max        CONSTANT integer  := 2000;
    v_retry_after_max CONSTANT interval := interval '1 day';
    v_job             work.jobs         := return_job.job;
    v_kind            work.job_kinds;
    v_pause           interval;
BEGIN
    IF (return_job.job).tenant_id <> auth.tenant_id() THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the job is another tenant''s';
    END IF;
    SELECT * INTO v_kind FROM work.job_kinds AS k WHERE k.kind = v_job.kind;
    DELETE FROM work.job_cancels AS c WHERE c.tenant_id = v_job.tenant_id AND c.job_id = v_job.job_id;
    IF FOUND THEN
        PERFORM work.finish_job(v_job, 'cancelled', COALESCE(v_kind.keep, interval '7 days'));
        RETURN 'cancelled';
    END IF;
    v_job.failures := v_job.failures + return_job.is_counted::integer;
    v_job.errors := COALESCE(v_job.errors, '[]') || jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
        'attempt', v_job.attempt, 'at', clock_timestamp(), 'code', left(return_job.code, v_text_max),
        'message', left(return_job.message, v_text_max), 'detail', left(nullif(return_job.detail, ''), v_text_max))));
    IF jsonb_array_length(v_job.errors) > v_errors_max THEN
        v_job.errors := v_job.errors - 0;
    END IF;
    -- In seconds: doubled often enough, an interval runs out of its range.
    v_pause := make_interval(secs => CASE WHEN return_job.is_counted THEN
        LEAST(
            extract(epoch FROM COALESCE(v_kind.backoff_longest, interval '1 h')),
            extract(epoch FROM COALESCE(v_kind.backoff_first, interval '1 s'))
                * power(2::double precision, GREATEST(v_job.failures - 1, 0)))
        * (0.5 + random() / 2)
        ELSE 0 END);
    v_job.state := CASE
        WHEN return_job.is_final OR v_job.failures >= v_job.max_attempts THEN 'failed'
        ELSE 'waiting' END::work.job_state;
    INSERT INTO work.jobs (
        tenant_id, job_id, kind, queue, lane, priority, state, run_at, enqueued_at, attempt, failures, max_attempts,
        timeout_ms, started_at, unique_key, requested_by, request_id, traceparent, arguments, errors)
    OVERRIDING SYSTEM VALUE
    VALUES (
        v_job.tenant_id, v_job.job_id, v_job.kind, v_job.queue,
        CASE WHEN v_kind.tenant_concurrency IS NULL THEN '' ELSE v_kind.kind END, v_job.priority, v_job.state,
        clock_timestamp() + GREATEST(
            v_pause, CASE WHEN return_job.retry_after IS NOT NULL THEN LEAST(return_job.retry_after, v_retry_after_max) END),
        v_job.enqueued_at, v_job.attempt, v_job.failures, v_job.max_attempts, v_job.timeout_ms, v_job.started_at,
        v_job.unique_key, v_job.requested_by, v_job.request_id, v_job.traceparent, v_job.arguments, v_job.errors)
    ON CONFLICT (tenant_id, kind, unique_key) WHERE state = 'waiting' AND unique_key IS NOT NULL DO NOTHING;
    IF NOT FOUND THEN
        -- An equal job was enqueued while this one ran: it will do what is left to be done.
        PERFORM work.finish_job(v_job, 'cancelled', COALESCE(v_kind.keep, interval '7 days'));
        RETURN 'cancelled';
    END IF;
    RETURN CASE v_job.state WHEN 'failed' THEN 'failed' ELSE 'retrying' END;
END;
$$;
COMMENT ON FUNCTION work.return_job(work.jobs, text, text, text, boolean, boolean, interval) IS
    'Puts a job back after an attempt that failed.';
GRANT EXECUTE ON FUNCTION work.return_job(work.jobs, text, text, text, boolean, boolean, interval) TO worker;
