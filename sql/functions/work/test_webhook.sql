-- Requires: functions/work/deliver.sql
-- Requires: functions/work/require_webhooks.sql
-- Requires: functions/work/webhook_body.sql
-- Sends a webhook an event called ping, also if it is disabled. Whether that works changes nothing for the webhook.
--
-- Role:    member
-- Definer: lends the secret that signs, and the writing of a delivery, of the caller's tenant
-- Returns: the delivery's id
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission webhooks.manage is missing
--          PT404 not_found        404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION work.test_webhook(webhook_id uuid)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_webhooks();
    v_webhook   work.webhooks;
BEGIN
    SELECT w.* INTO v_webhook
    FROM work.webhooks AS w
    WHERE w.tenant_id = v_tenant_id AND w.webhook_id = test_webhook.webhook_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such webhook.');
    END IF;
    RETURN work.deliver(v_webhook, 'test', 'ping', now(), work.webhook_body(
        'ping', now(), jsonb_build_object('webhook_id', v_webhook.webhook_id, 'requested_by', auth.user_id())));
END;
$$;
COMMENT ON FUNCTION work.test_webhook(uuid) IS 'Sends a webhook an event called ping.';
GRANT EXECUTE ON FUNCTION work.test_webhook(uuid) TO member;
