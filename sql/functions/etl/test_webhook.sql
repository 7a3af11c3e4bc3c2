-- Requires: functions/etl/get_webhook_delivery.sql
-- Requires: functions/work/test_webhook.sql
-- Sends a webhook an event called ping. What comes of it is in the log of deliveries.
--
-- Role:    member
-- Returns: 202 the delivery
-- Errors:  PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.test_webhook(webhook_id uuid)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_delivery_id CONSTANT uuid := work.test_webhook(test_webhook.webhook_id);
BEGIN
    -- Within one statement, what reads would not see what has been written.
    RETURN etl.get_webhook_delivery(test_webhook.webhook_id, v_delivery_id);
END;
$$;
COMMENT ON FUNCTION etl.test_webhook(uuid) IS 'Sends a webhook an event called ping.';
GRANT EXECUTE ON FUNCTION etl.test_webhook(uuid) TO member;
SELECT api.route(
    'POST /api/v1/webhooks/{webhook_id}/test', 'etl.test_webhook', permission => 'webhooks.manage', rate => 'requests',
    status => 202, tag => 'Webhooks',
    returns => '{
        "id": "uuid", "webhook_id": "uuid", "reason": "string", "redelivery_of": "string?", "event": "string",
        "status": "string", "attempts": "integer", "response_status": "integer?", "response_excerpt": "string?",
        "error": "object?", "duration_ms": "integer?", "next_attempt_at": "string?", "created_at": "string",
        "finished_at": "string?", "body": "object", "failures": ["object"]
    }');
