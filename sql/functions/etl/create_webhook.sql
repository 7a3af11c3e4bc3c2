-- Requires: functions/etl/get_webhook.sql
-- Requires: functions/work/create_webhook.sql
-- Has a URL told of events: by their names, or by patterns of names such as pipeline.*. The secret signs what is sent, and
-- is never shown again.
--
-- Role:    member
-- Returns: 201 {id, url, events, status, …}, without the secret
-- Errors:  PT400 invalid         400  the URL, an event or the secret is malformed
--          PT409 webhooks_limit  409  the tenant has as many webhooks as it may
CREATE OR REPLACE FUNCTION etl.create_webhook(url text, events text[], secret text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_webhook_id CONSTANT uuid := work.create_webhook(
        create_webhook.url, create_webhook.events, create_webhook.secret);
BEGIN
    -- Within one statement, what reads would not see what has been written.
    RETURN etl.get_webhook(v_webhook_id);
END;
$$;
COMMENT ON FUNCTION etl.create_webhook(text, text[], text) IS 'Has a URL told of events.';
GRANT EXECUTE ON FUNCTION etl.create_webhook(text, text[], text) TO member;
SELECT api.route(
    'POST /api/v1/webhooks', 'etl.create_webhook', permission => 'webhooks.manage', rate => 'requests', status => 201,
    tag => 'Webhooks', errors => '{409 webhooks_limit the tenant has as many webhooks as it may}',
    returns => '{
        "id": "uuid", "url": "string", "events": ["string"], "status": "string", "disabled_by": "string?",
        "disabled_at": "string?", "failure_count": "integer", "last_success_at": "string?",
        "last_failure_at": "string?", "created_by": "string?", "created_at": "string", "updated_at": "string"
    }');
