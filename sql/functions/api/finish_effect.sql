-- Requires: functions/work/take_job.sql
-- Requires: functions/work/finish_job.sql
-- Requires: functions/work/return_job.sql
-- Requires: functions/work/record_failure.sql
-- Requires: functions/work/missing_job_outcome.sql
-- Requires: functions/work/effect_verdict.sql
-- Requires: functions/work/retry_after.sql
-- Takes in what came of an outside effect. The kind's function hears of it once it is done or given up, in the
-- transaction that records that; what the function raises has the effect tried again, with the same idempotency key.
--
-- Role:    worker, with the job's tenant
-- Returns: completed, retrying, failed, cancelled; lost: this attempt is not under way any more
CREATE OR REPLACE FUNCTION api.finish_effect(job_id bigint, attempt integer, outcome json)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_job      CONSTANT work.jobs := work.take_job(finish_effect.job_id, finish_effect.attempt);
    v_outcome  CONSTANT jsonb     := finish_effect.outcome::jsonb || jsonb_build_object('attempt', finish_effect.attempt);
    v_verdict  text               := work.effect_verdict(v_outcome);
    v_function text;
    v_keep     interval;
    v_state    text;
    v_message  text;
    v_detail   text;
BEGIN
    IF v_job.job_id IS NULL THEN
        RETURN work.missing_job_outcome(finish_effect.job_id);
    END IF;
    SELECT k.function_name, k.keep INTO v_function, v_keep
    FROM work.job_kinds AS k WHERE k.kind = v_job.kind AND k.effect <> 'function';
    IF v_verdict = 'retry' AND v_job.failures + 1 >= v_job.max_attempts THEN
        v_verdict := 'failed';
    END IF;
    IF v_verdict IN ('done', 'failed') AND v_function IS NOT NULL THEN
        BEGIN
            EXECUTE 'SELECT ' || v_function || '($1, $2)'
                USING v_job.arguments, v_outcome || jsonb_build_object('is_done', v_verdict = 'done');
            SET CONSTRAINTS ALL IMMEDIATE;
        EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
            GET STACKED DIAGNOSTICS
                v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
            RETURN work.record_failure(v_job, v_state, v_message, v_detail);
        END;
    END IF;
    IF v_verdict = 'done' THEN
        PERFORM work.finish_job(v_job, 'completed', COALESCE(v_keep, interval '7 days'), v_outcome - 'body');
        RETURN 'completed';
    END IF;
    RETURN work.return_job(
        v_job,
        COALESCE(v_outcome #>> '{error,code}', 'status_' || (v_outcome ->> 'status')),
        COALESCE(v_outcome #>> '{error,message}', format('The receiver answered %s.', v_outcome ->> 'status')),
        left(v_outcome ->> 'body', 500),
        is_counted => v_verdict <> 'retry_uncounted', is_final => v_verdict = 'failed',
        retry_after => CASE v_verdict
            WHEN 'retry' THEN work.retry_after(v_outcome) WHEN 'retry_uncounted' THEN interval '1 s' END);
END;
$$;
COMMENT ON FUNCTION api.finish_effect(bigint, integer, json) IS 'Takes in what came of an outside effect.';
GRANT EXECUTE ON FUNCTION api.finish_effect(bigint, integer, json) TO worker;
