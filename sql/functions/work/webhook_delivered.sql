-- Requires: functions/work/cancel_deliveries.sql
-- Requires: functions/work/job_kind.sql
-- Takes in what came of a delivery, once it has arrived or is given up. A webhook whose events cannot be delivered time
-- after time is disabled, and at once if its receiver says that it is gone; an event tells of it.
--
-- Role:    worker, with the tenant of the job
-- Definer: lends the writing of deliveries and webhooks, of the caller's tenant
CREATE OR REPLACE FUNCTION work.webhook_delivered(arguments jsonb, outcome jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_gone             CONSTANT integer := 410;
    v_excerpt_max      CONSTANT integer := 2000;
    v_failures_max     CONSTANT bigint  := core.setting_integer('work.webhook_failures_max');
    v_is_delivered     CONSTANT boolean := COALESCE((webhook_delivered.outcome -> 'is_done')::boolean, false);
    v_response_status  CONSTANT integer := (webhook_delivered.outcome ->> 'status')::integer;
    v_delivery         work.webhook_deliveries;
    v_failure_count    integer;
    v_disabled_by      work.disabled_by;
BEGIN
    UPDATE work.webhook_deliveries AS d
    SET status = CASE WHEN v_is_delivered THEN 'delivered' ELSE 'failed' END::work.delivery_status,
        attempts = (webhook_delivered.outcome ->> 'attempt')::integer,
        response_status = v_response_status,
        response_excerpt = left(webhook_delivered.outcome ->> 'body', v_excerpt_max),
        error_code = webhook_delivered.outcome #>> '{error,code}',
        error_message = webhook_delivered.outcome #>> '{error,message}',
        duration_ms = (webhook_delivered.outcome ->> 'duration_ms')::integer,
        finished_at = clock_timestamp()
    WHERE d.tenant_id = auth.tenant_id() AND d.delivery_id = (webhook_delivered.arguments ->> 'delivery_id')::uuid
    RETURNING d.* INTO v_delivery;
    IF NOT FOUND THEN
        RETURN;  -- the webhook has been deleted meanwhile
    END IF;
    UPDATE work.webhook_health AS h
    SET failure_count = CASE
            WHEN v_is_delivered THEN 0
            WHEN v_delivery.reason = 'event' THEN h.failure_count + 1
            ELSE h.failure_count END,
        last_success_at = CASE WHEN v_is_delivered THEN v_delivery.finished_at ELSE h.last_success_at END,
        last_failure_at = CASE WHEN v_is_delivered THEN h.last_failure_at ELSE v_delivery.finished_at END
    WHERE h.tenant_id = v_delivery.tenant_id AND h.webhook_id = v_delivery.webhook_id
        AND (v_delivery.reason <> 'test')
    RETURNING h.failure_count INTO v_failure_count;
    v_disabled_by := CASE
        WHEN v_is_delivered OR v_delivery.reason <> 'event' THEN NULL
        WHEN v_response_status = v_gone THEN 'receiver'
        WHEN v_failure_count >= v_failures_max THEN 'failures' END;
    IF v_disabled_by IS NULL THEN
        RETURN;
    END IF;
    UPDATE work.webhooks AS w
    SET status = 'disabled', disabled_by = v_disabled_by, disabled_at = now(), updated_at = now()
    WHERE w.tenant_id = v_delivery.tenant_id AND w.webhook_id = v_delivery.webhook_id AND w.status = 'active';
    IF FOUND THEN
        PERFORM work.cancel_deliveries(v_delivery.tenant_id, v_delivery.webhook_id);
        PERFORM core.publish(
            'work.webhook', 'work.webhook.disabled',
            (SELECT jsonb_build_object(
                'webhook_id', w.webhook_id, 'url', w.url, 'disabled_by', w.disabled_by,
                'failure_count', v_failure_count, 'last_delivery_id', v_delivery.delivery_id)
             FROM work.webhooks AS w
             WHERE w.tenant_id = v_delivery.tenant_id AND w.webhook_id = v_delivery.webhook_id),
            'webhook', v_delivery.webhook_id::text, v_delivery.tenant_id);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.webhook_delivered(jsonb, jsonb) IS 'Takes in what came of a delivery.';
GRANT EXECUTE ON FUNCTION work.webhook_delivered(jsonb, jsonb) TO worker;
-- Two at a time, so that a receiver that keeps us waiting leaves workers to other tenants. Ten attempts take two to four
-- hours.
SELECT work.job_kind(
    'work.webhook_delivery', 'work.webhook_delivered', effect => 'http', max_attempts => 10, timeout => interval '20 s',
    tenant_concurrency => 2, backoff_first => interval '30 s', backoff_longest => interval '2 h');
