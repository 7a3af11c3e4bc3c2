-- Requires: functions/work/take_job.sql
-- Requires: functions/work/finish_job.sql
-- Requires: functions/work/return_job.sql
-- Requires: functions/work/record_failure.sql
-- Requires: functions/work/missing_job_outcome.sql
-- Does a claimed job: its function's work and the record that it was done are one transaction.
--
-- What the function raises undoes its work and is recorded; the job is tried again later or parked. work.snooze() and
-- work.give_up() are how a function asks for one or the other. A statement that was cancelled is told apart by why: the
-- job was cancelled, its time was up, or the server wants to stop, which counts as no attempt.
--
-- Role:    worker, with the job's tenant
-- Returns: completed, retrying, failed, cancelled; lost: this attempt is not under way any more
CREATE OR REPLACE FUNCTION api.run_job(job_id bigint, attempt integer)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_job      CONSTANT work.jobs := work.take_job(run_job.job_id, run_job.attempt);
    v_function text;
    v_keep     interval;
    v_result   jsonb;
    v_state    text;
    v_message  text;
    v_detail   text;
BEGIN
    IF v_job.job_id IS NULL THEN
        RETURN work.missing_job_outcome(run_job.job_id);
    END IF;
    SELECT k.function_name, k.keep INTO v_function, v_keep
    FROM work.job_kinds AS k WHERE k.kind = v_job.kind AND k.effect = 'function';
    IF NOT FOUND THEN
        RETURN work.return_job(
            v_job, 'unknown_kind', format('No function does jobs of kind %s.', v_job.kind), is_final => true);
    END IF;
    BEGIN
        EXECUTE 'SELECT ' || v_function || '($1)' INTO v_result USING v_job.arguments;
        -- What is deferred to the commit fails here, where it can still be recorded.
        SET CONSTRAINTS ALL IMMEDIATE;
    EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
        GET STACKED DIAGNOSTICS
            v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
        RETURN work.record_failure(v_job, v_state, v_message, v_detail);
    END;
    PERFORM work.finish_job(v_job, 'completed', v_keep, v_result);
    RETURN 'completed';
END;
$$;
COMMENT ON FUNCTION api.run_job(bigint, integer) IS 'Does a claimed job.';
GRANT EXECUTE ON FUNCTION api.run_job(bigint, integer) TO worker;
