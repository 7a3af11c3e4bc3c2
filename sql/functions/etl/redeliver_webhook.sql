-- Requires: functions/etl/get_webhook_delivery.sql
-- Requires: functions/work/redeliver.sql
-- Sends what a delivery has sent once more.
--
-- Role:    member
-- Returns: 202 the new delivery
-- Errors:  PT404 not_found           404  the webhook has no such delivery
--          PT409 delivery_under_way  409  the delivery is still being tried
CREATE OR REPLACE FUNCTION etl.redeliver_webhook(webhook_id uuid, delivery_id uuid)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_delivery_id CONSTANT uuid := work.redeliver(redeliver_webhook.webhook_id, redeliver_webhook.delivery_id);
BEGIN
    -- Within one statement, what reads would not see what has been written.
    RETURN etl.get_webhook_delivery(redeliver_webhook.webhook_id, v_delivery_id);
END;
$$;
COMMENT ON FUNCTION etl.redeliver_webhook(uuid, uuid) IS 'Sends what a delivery has sent once more.';
GRANT EXECUTE ON FUNCTION etl.redeliver_webhook(uuid, uuid) TO member;
SELECT api.route(
    'POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}:redeliver', 'etl.redeliver_webhook',
    permission => 'webhooks.manage', rate => 'requests', status => 202, tag => 'Webhooks',
    errors => '{409 delivery_under_way the delivery is still being tried}',
    returns => '{
        "id": "uuid", "webhook_id": "uuid", "reason": "string", "redelivery_of": "string?", "event": "string",
        "status": "string", "attempts": "integer", "response_status": "integer?", "response_excerpt": "string?",
        "error": "object?", "duration_ms": "integer?", "next_attempt_at": "string?", "created_at": "string",
        "finished_at": "string?", "body": "object", "failures": ["object"]
    }');
