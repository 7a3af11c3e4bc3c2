-- A webhook as the contract shows it. Its secret is nowhere in it.
--
-- Role:    member
CREATE OR REPLACE FUNCTION etl.webhook_document(webhook work.webhooks)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', (webhook_document.webhook).webhook_id,
            'url', (webhook_document.webhook).url,
            'events', (webhook_document.webhook).events,
            'status', (webhook_document.webhook).status,
            'disabled_by', (webhook_document.webhook).disabled_by,
            'disabled_at', core.rfc3339((webhook_document.webhook).disabled_at),
            'failure_count', COALESCE(h.failure_count, 0),
            'last_success_at', core.rfc3339(h.last_success_at),
            'last_failure_at', core.rfc3339(h.last_failure_at),
            'created_by', (webhook_document.webhook).created_by,
            'created_at', core.rfc3339((webhook_document.webhook).created_at),
            'updated_at', core.rfc3339((webhook_document.webhook).updated_at))
        FROM (SELECT) AS one
        LEFT JOIN work.webhook_health AS h
            ON h.tenant_id = (webhook_document.webhook).tenant_id
            AND h.webhook_id = (webhook_document.webhook).webhook_id);
END;
$$;
COMMENT ON FUNCTION etl.webhook_document(work.webhooks) IS 'A webhook as the contract shows it.';
GRANT EXECUTE ON FUNCTION etl.webhook_document(work.webhooks) TO member;
