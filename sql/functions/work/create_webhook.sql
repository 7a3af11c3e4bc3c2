-- Requires: functions/work/check_webhook.sql
-- Requires: functions/work/require_webhooks.sql
-- Has a URL told of events, from now on.
--
-- Role:    member
-- Definer: lends the writing of webhooks and their secrets, of the caller's tenant
-- Returns: the webhook's id
-- Errors:  PT400 invalid          400  the URL, an event or the secret is malformed
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission webhooks.manage is missing
--          PT409 webhooks_limit   409  the tenant has as many webhooks as it may
CREATE OR REPLACE FUNCTION work.create_webhook(url text, events text[], secret text)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid   := work.require_webhooks();
    v_count_max CONSTANT bigint := core.setting_integer('work.webhooks_max');
    v_locks     CONSTANT integer := 887071;
    v_webhook_id uuid;
BEGIN
    PERFORM work.check_webhook(
        COALESCE(create_webhook.url, ''), COALESCE(create_webhook.events, '{}'), COALESCE(create_webhook.secret, ''));
    -- Two that come at once do not both take the last place.
    PERFORM pg_advisory_xact_lock(v_locks, hashtext(v_tenant_id::text));
    IF (SELECT count(*) FROM work.webhooks AS w WHERE w.tenant_id = v_tenant_id) >= v_count_max THEN
        PERFORM api.fail('webhooks_limit', format('There are %s webhooks already, as many as may be.', v_count_max), 409);
    END IF;
    INSERT INTO work.webhooks (tenant_id, url, events)
    VALUES (v_tenant_id, create_webhook.url, create_webhook.events)
    RETURNING webhook_id INTO v_webhook_id;
    INSERT INTO work.webhook_secrets (tenant_id, webhook_id, secret)
    VALUES (v_tenant_id, v_webhook_id, create_webhook.secret);
    INSERT INTO work.webhook_health (tenant_id, webhook_id) VALUES (v_tenant_id, v_webhook_id);
    RETURN v_webhook_id;
END;
$$;
COMMENT ON FUNCTION work.create_webhook(text, text[], text) IS 'Has a URL told of events.';
GRANT EXECUTE ON FUNCTION work.create_webhook(text, text[], text) TO member;
