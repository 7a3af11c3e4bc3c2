-- Requires: functions/etl/webhook_delivery_document.sql
-- One delivery of a webhook, with what is sent and the attempts that failed.
--
-- Role:    member
-- Returns: 200 {id, event, status, attempts, response_status, …, body, failures: [{attempt, at, code, message, detail}]}
-- Errors:  PT404 not_found  404  the webhook has no such delivery
CREATE OR REPLACE FUNCTION etl.get_webhook_delivery(webhook_id uuid, delivery_id uuid)
RETURNS jsonb LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_delivery work.webhook_deliveries;
    v_failures jsonb;
BEGIN
    SELECT d.* INTO v_delivery
    FROM work.webhook_deliveries AS d
    WHERE d.tenant_id = auth.tenant_id() AND d.webhook_id = get_webhook_delivery.webhook_id
        AND d.delivery_id = get_webhook_delivery.delivery_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such delivery.');
    END IF;
    SELECT j.errors INTO v_failures
    FROM (
        SELECT j.errors FROM work.jobs AS j
        WHERE j.tenant_id = v_delivery.tenant_id AND j.job_id = v_delivery.job_id
        UNION ALL
        SELECT f.errors FROM work.finished_jobs AS f
        WHERE f.tenant_id = v_delivery.tenant_id AND f.job_id = v_delivery.job_id
    ) AS j;
    RETURN etl.webhook_delivery_document(v_delivery) || jsonb_build_object(
        'body', v_delivery.body::jsonb, 'failures', COALESCE(v_failures, '[]'));
END;
$$;
COMMENT ON FUNCTION etl.get_webhook_delivery(uuid, uuid) IS
    'One delivery of a webhook, with what is sent and the attempts that failed.';
GRANT EXECUTE ON FUNCTION etl.get_webhook_delivery(uuid, uuid) TO member;
SELECT api.route(
    'GET /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}', 'etl.get_webhook_delivery',
    permission => 'webhooks.manage', rate => 'requests', tag => 'Webhooks',
    returns => '{
        "id": "uuid", "webhook_id": "uuid", "reason": "string", "redelivery_of": "string?", "event": "string",
        "status": "string", "attempts": "integer", "response_status": "integer?", "response_excerpt": "string?",
        "error": "object?", "duration_ms": "integer?", "next_attempt_at": "string?", "created_at": "string",
        "finished_at": "string?", "body": "object", "failures": ["object"]
    }');
