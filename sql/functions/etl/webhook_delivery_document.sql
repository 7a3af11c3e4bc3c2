-- A delivery as the contract shows it. While it is pending its job tells how it goes: how often it was tried, what came of
-- the last attempt, when the next is due. A job that ended without a word, because it was cancelled or its worker was
-- lost time after time, ends the delivery too.
--
-- Role:    member
CREATE OR REPLACE FUNCTION etl.webhook_delivery_document(delivery work.webhook_deliveries)
RETURNS jsonb LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_delivery CONSTANT work.webhook_deliveries := webhook_delivery_document.delivery;
    v_job      work.jobs;
BEGIN
    IF v_delivery.status = 'pending' THEN
        SELECT j.* INTO v_job
        FROM work.jobs AS j WHERE j.tenant_id = v_delivery.tenant_id AND j.job_id = v_delivery.job_id;
    END IF;
    RETURN jsonb_build_object(
        'id', v_delivery.delivery_id,
        'webhook_id', v_delivery.webhook_id,
        'reason', v_delivery.reason,
        'redelivery_of', v_delivery.redelivery_of,
        'event', v_delivery.event,
        'status', CASE
            WHEN v_delivery.status <> 'pending' THEN v_delivery.status::text
            WHEN v_job.job_id IS NULL THEN 'cancelled'
            WHEN v_job.state = 'failed' THEN 'failed'
            ELSE 'pending' END,
        'attempts', COALESCE(v_delivery.attempts, v_job.attempt, 0),
        'response_status', COALESCE(
            v_delivery.response_status, (regexp_match(v_job.errors #>> '{-1,code}', '^status_(\d+)$'))[1]::integer),
        'response_excerpt', COALESCE(v_delivery.response_excerpt, v_job.errors #>> '{-1,detail}'),
        'error', CASE
            WHEN v_delivery.error_code IS NOT NULL
                THEN jsonb_build_object('code', v_delivery.error_code, 'message', v_delivery.error_message)
            WHEN v_job.errors IS NOT NULL
                THEN jsonb_build_object('code', v_job.errors #> '{-1,code}', 'message', v_job.errors #> '{-1,message}')
            END,
        'duration_ms', v_delivery.duration_ms,
        'next_attempt_at', CASE WHEN v_job.state = 'waiting' THEN core.rfc3339(v_job.run_at) END,
        'created_at', core.rfc3339(v_delivery.created_at),
        'finished_at', core.rfc3339(v_delivery.finished_at));
END;
$$;
COMMENT ON FUNCTION etl.webhook_delivery_document(work.webhook_deliveries) IS 'A delivery as the contract shows it.';
GRANT EXECUTE ON FUNCTION etl.webhook_delivery_document(work.webhook_deliveries) TO member;
