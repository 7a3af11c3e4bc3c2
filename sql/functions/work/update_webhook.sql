-- Requires: functions/work/cancel_deliveries.sql
-- Requires: functions/work/check_webhook.sql
-- Requires: functions/work/require_webhooks.sql
-- Changes a webhook; what is NULL stays. One that is disabled sends nothing, also not what waits; one that is active
-- again is told of what happens from then on, and its failures are forgotten.
--
-- Role:    member
-- Definer: lends the writing of webhooks and their secrets, of the caller's tenant
-- Errors:  PT400 invalid          400  the URL, an event or the secret is malformed
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission webhooks.manage is missing
--          PT404 not_found        404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION work.update_webhook(
    webhook_id uuid, url text DEFAULT NULL, events text[] DEFAULT NULL, secret text DEFAULT NULL,
    status work.webhook_status DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_webhooks();
    v_before    work.webhook_status;
BEGIN
    PERFORM work.check_webhook(update_webhook.url, update_webhook.events, update_webhook.secret);
    SELECT w.status INTO v_before
    FROM work.webhooks AS w
    WHERE w.tenant_id = v_tenant_id AND w.webhook_id = update_webhook.webhook_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such webhook.');
    END IF;
    UPDATE work.webhooks AS w
    SET url = COALESCE(update_webhook.url, w.url),
        events = COALESCE(update_webhook.events, w.events),
        status = COALESCE(update_webhook.status, w.status),
        disabled_by = CASE COALESCE(update_webhook.status, w.status)
            WHEN 'disabled' THEN COALESCE(w.disabled_by, 'person') END,
        disabled_at = CASE COALESCE(update_webhook.status, w.status)
            WHEN 'disabled' THEN COALESCE(w.disabled_at, now()) END,
        active_from = CASE WHEN update_webhook.status = 'active' AND w.status <> 'active'
            THEN clock_timestamp() ELSE w.active_from END,
        updated_at = now()
    WHERE w.tenant_id = v_tenant_id AND w.webhook_id = update_webhook.webhook_id;
    IF update_webhook.secret IS NOT NULL THEN
        UPDATE work.webhook_secrets AS s SET secret = update_webhook.secret
        WHERE s.tenant_id = v_tenant_id AND s.webhook_id = update_webhook.webhook_id;
    END IF;
    IF update_webhook.status = 'active' AND v_before <> 'active' THEN
        UPDATE work.webhook_health AS h SET failure_count = 0
        WHERE h.tenant_id = v_tenant_id AND h.webhook_id = update_webhook.webhook_id;
    ELSIF update_webhook.status = 'disabled' AND v_before <> 'disabled' THEN
        PERFORM work.cancel_deliveries(v_tenant_id, update_webhook.webhook_id);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.update_webhook(uuid, text, text[], text, work.webhook_status) IS 'Changes a webhook.';
GRANT EXECUTE ON FUNCTION work.update_webhook(uuid, text, text[], text, work.webhook_status) TO member;
