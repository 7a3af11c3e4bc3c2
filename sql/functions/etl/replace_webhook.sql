-- Requires: functions/etl/get_webhook.sql
-- Requires: functions/work/update_webhook.sql
-- Replaces what a webhook is. The secret stays if none is given.
--
-- Role:    member
-- Returns: 200 {id, url, events, status, …}, without the secret
-- Errors:  PT400 invalid    400  the URL, an event or the secret is malformed
--          PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.replace_webhook(
    webhook_id uuid, url text, events text[], secret text DEFAULT NULL, status work.webhook_status DEFAULT 'active')
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM work.update_webhook(
        replace_webhook.webhook_id, replace_webhook.url, replace_webhook.events, replace_webhook.secret,
        replace_webhook.status);
    RETURN etl.get_webhook(replace_webhook.webhook_id);
END;
$$;
COMMENT ON FUNCTION etl.replace_webhook(uuid, text, text[], text, work.webhook_status) IS 'Replaces what a webhook is.';
GRANT EXECUTE ON FUNCTION etl.replace_webhook(uuid, text, text[], text, work.webhook_status) TO member;
SELECT api.route(
    'PUT /api/v1/webhooks/{webhook_id}', 'etl.replace_webhook', permission => 'webhooks.manage', rate => 'requests',
    tag => 'Webhooks',
    returns => '{
        "id": "uuid", "url": "string", "events": ["string"], "status": "string", "disabled_by": "string?",
        "disabled_at": "string?", "failure_count": "integer", "last_success_at": "string?",
        "last_failure_at": "string?", "created_by": "string?", "created_at": "string", "updated_at": "string"
    }');
