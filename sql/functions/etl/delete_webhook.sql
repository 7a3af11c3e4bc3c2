-- Requires: functions/work/delete_webhook.sql
-- Removes a webhook with its secret and its log of deliveries.
--
-- Role:    member
-- Returns: 204
-- Errors:  PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.delete_webhook(webhook_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM work.delete_webhook(delete_webhook.webhook_id);
END;
$$;
COMMENT ON FUNCTION etl.delete_webhook(uuid) IS 'Removes a webhook with its secret and its log of deliveries.';
GRANT EXECUTE ON FUNCTION etl.delete_webhook(uuid) TO member;
SELECT api.route(
    'DELETE /api/v1/webhooks/{webhook_id}', 'etl.delete_webhook', permission => 'webhooks.manage', rate => 'requests',
    status => 204, tag => 'Webhooks');
