-- Requires: functions/etl/get_webhook.sql
-- Requires: functions/work/update_webhook.sql
-- Changes what is given of a webhook: its URL, events or secret, or whether it is active.
--
-- Role:    member
-- Returns: 200 {id, url, events, status, …}, without the secret
-- Errors:  PT400 invalid    400  the URL, an event or the secret is malformed
--          PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.update_webhook(
    webhook_id uuid, url text DEFAULT NULL, events text[] DEFAULT NULL, secret text DEFAULT NULL,
    status work.webhook_status DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM work.update_webhook(
        update_webhook.webhook_id, update_webhook.url, update_webhook.events, update_webhook.secret,
        update_webhook.status);
    RETURN etl.get_webhook(update_webhook.webhook_id);
END;
$$;
COMMENT ON FUNCTION etl.update_webhook(uuid, text, text[], text, work.webhook_status) IS
    'Changes what is given of a webhook.';
GRANT EXECUTE ON FUNCTION etl.update_webhook(uuid, text, text[], text, work.webhook_status) TO member;
SELECT api.route(
    'PATCH /api/v1/webhooks/{webhook_id}', 'etl.update_webhook', permission => 'webhooks.manage', rate => 'requests',
    tag => 'Webhooks',
    returns => '{
        "id": "uuid", "url": "string", "events": ["string"], "status": "string", "disabled_by": "string?",
        "disabled_at": "string?", "failure_count": "integer", "last_success_at": "string?",
        "last_failure_at": "string?", "created_by": "string?", "created_at": "string", "updated_at": "string"
    }');
