-- Requires: functions/work/cancel_deliveries.sql
-- Requires: functions/work/require_webhooks.sql
-- Removes a webhook with its secret and its log; what waits is not sent.
--
-- Role:    member
-- Definer: lends the removal of webhooks of the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission webhooks.manage is missing
--          PT404 not_found        404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION work.delete_webhook(webhook_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_webhooks();
BEGIN
    PERFORM work.cancel_deliveries(v_tenant_id, delete_webhook.webhook_id);
    DELETE FROM work.webhooks AS w
    WHERE w.tenant_id = v_tenant_id AND w.webhook_id = delete_webhook.webhook_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such webhook.');
    END IF;
END;
$$;
COMMENT ON FUNCTION work.delete_webhook(uuid) IS 'Removes a webhook.';
GRANT EXECUTE ON FUNCTION work.delete_webhook(uuid) TO member;
