-- Requires: functions/work/deliver.sql
-- Requires: functions/work/require_webhooks.sql
-- Sends what a delivery has sent once more, to where the webhook leads now and signed with the secret it has now.
--
-- Role:    member
-- Definer: lends the secret that signs, and the writing of a delivery, of the caller's tenant
-- Returns: the new delivery's id
-- Errors:  PT401 unauthenticated     401  nobody is signed in
--          PT403 forbidden           403  the permission webhooks.manage is missing
--          PT404 not_found           404  the webhook has no such delivery
--          PT409 delivery_under_way  409  the delivery is still being tried
CREATE OR REPLACE FUNCTION work.redeliver(webhook_id uuid, delivery_id uuid)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_webhooks();
    v_webhook   work.webhooks;
    v_delivery  work.webhook_deliveries;
BEGIN
    SELECT w.* INTO v_webhook
    FROM work.webhooks AS w
    WHERE w.tenant_id = v_tenant_id AND w.webhook_id = redeliver.webhook_id;
    SELECT d.* INTO v_delivery
    FROM work.webhook_deliveries AS d
    WHERE d.tenant_id = v_tenant_id AND d.webhook_id = redeliver.webhook_id AND d.delivery_id = redeliver.delivery_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such delivery.');
    ELSIF v_delivery.status = 'pending' AND EXISTS (
        SELECT FROM work.jobs AS j
        WHERE j.tenant_id = v_tenant_id AND j.job_id = v_delivery.job_id AND j.state IN ('waiting', 'running'))
    THEN
        PERFORM api.fail('delivery_under_way', 'This delivery is still being tried.', 409);
    END IF;
    RETURN work.deliver(
        v_webhook, 'redelivery', v_delivery.event, (v_delivery.body::json ->> 'timestamp')::timestamptz,
        v_delivery.body, v_delivery.event_position, v_delivery.delivery_id);
END;
$$;
COMMENT ON FUNCTION work.redeliver(uuid, uuid) IS 'Sends what a delivery has sent once more.';
GRANT EXECUTE ON FUNCTION work.redeliver(uuid, uuid) TO member;
