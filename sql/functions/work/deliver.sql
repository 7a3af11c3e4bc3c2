-- Writes a delivery and the job that sends it. The signature of the body stands in the body, as its last member, and is
-- made over the body without it; another, over the bytes that are sent, stands in a header field.
--
-- Role:    pgserver_owner, for functions that act for a member or for the dispatcher
-- Returns: the delivery's id
CREATE OR REPLACE FUNCTION work.deliver(
    webhook work.webhooks, reason work.delivery_reason, event text, at timestamptz, body text,
    event_position bigint DEFAULT NULL, redelivery_of uuid DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_timeout_ms     CONSTANT integer := 15000;
    v_byte_count_max CONSTANT integer := 65536;
    v_delivery_id    CONSTANT uuid    := gen_random_uuid();
    v_secret         bytea;
    v_sent           text;
    v_job_id         bigint;
BEGIN
    SELECT convert_to(s.secret, 'UTF8') INTO STRICT v_secret
    FROM work.webhook_secrets AS s
    WHERE s.tenant_id = (deliver.webhook).tenant_id AND s.webhook_id = (deliver.webhook).webhook_id;
    v_sent := left(deliver.body, -1) || format(',"signature":"sha256=%s"}',
        encode(ext.hmac(convert_to(deliver.body, 'UTF8'), v_secret, 'sha256'), 'hex'));
    v_job_id := work.enqueue(
        'work.webhook_delivery',
        jsonb_build_object(
            'method', 'POST', 'url', (deliver.webhook).url,
            'headers', jsonb_strip_nulls(jsonb_build_object(
                'Content-Type', 'application/json',
                'User-Agent', 'PgServer-Webhooks/1',
                'X-Webhook-Id', (deliver.webhook).webhook_id,
                'X-Webhook-Delivery', v_delivery_id,
                'X-Webhook-Event', deliver.event,
                'X-Webhook-Position', deliver.event_position::text,
                'X-Webhook-Timestamp', core.rfc3339(deliver.at),
                'X-Signature-256', 'sha256=' || encode(
                    ext.hmac(convert_to(v_sent, 'UTF8'), v_secret, 'sha256'), 'hex'))),
            'body', v_sent, 'timeout_ms', v_timeout_ms, 'max_response_bytes', v_byte_count_max, 'redirects', 0,
            'idempotency_key', v_delivery_id, 'delivery_id', v_delivery_id),
        tenant_id => (deliver.webhook).tenant_id);
    INSERT INTO work.webhook_deliveries (
        tenant_id, delivery_id, webhook_id, reason, event, event_position, redelivery_of, body, job_id)
    VALUES (
        (deliver.webhook).tenant_id, v_delivery_id, (deliver.webhook).webhook_id, deliver.reason, deliver.event,
        deliver.event_position, deliver.redelivery_of, deliver.body, v_job_id);
    RETURN v_delivery_id;
END;
$$;
COMMENT ON FUNCTION work.deliver(work.webhooks, work.delivery_reason, text, timestamptz, text, bigint, uuid) IS
    'Writes a delivery and the job that sends it.';
