-- Requires: functions/core/remove_expired_idempotency_keys.sql
-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Removes Idempotency-Keys that have expired, and goes on in another job if there are more than one may remove.
--
-- Role:    worker
-- Returns: {removed}
CREATE OR REPLACE FUNCTION work.sweep_idempotency_keys(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_count_max CONSTANT integer := COALESCE((sweep_idempotency_keys.arguments ->> 'max_count')::integer, 20000);
    v_count     CONSTANT integer := core.remove_expired_idempotency_keys(v_count_max);
BEGIN
    IF v_count > 0 AND v_count = v_count_max THEN
        PERFORM work.enqueue(
            'work.sweep_idempotency_keys', sweep_idempotency_keys.arguments, unique_key => 'more');
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION work.sweep_idempotency_keys(jsonb) IS 'Removes Idempotency-Keys that have expired.';
GRANT EXECUTE ON FUNCTION work.sweep_idempotency_keys(jsonb) TO worker;
SELECT work.job_kind('work.sweep_idempotency_keys', 'work.sweep_idempotency_keys', keep => interval '1 day');
