-- Requires: functions/etl/webhook_document.sql
-- One webhook of the calling tenant.
--
-- Role:    member
-- Returns: 200 {id, url, events, status, …}, without the secret
-- Errors:  PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.get_webhook(webhook_id uuid)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_webhook work.webhooks;
BEGIN
    SELECT w.* INTO v_webhook
    FROM work.webhooks AS w
    WHERE w.tenant_id = auth.tenant_id() AND w.webhook_id = get_webhook.webhook_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such webhook.');
    END IF;
    RETURN etl.webhook_document(v_webhook);
END;
$$;
COMMENT ON FUNCTION etl.get_webhook(uuid) IS 'One webhook of the calling tenant.';
GRANT EXECUTE ON FUNCTION etl.get_webhook(uuid) TO member;
SELECT api.route(
    'GET /api/v1/webhooks/{webhook_id}', 'etl.get_webhook', permission => 'webhooks.manage', rate => 'requests',
    tag => 'Webhooks',
    returns => '{
        "id": "uuid", "url": "string", "events": ["string"], "status": "string", "disabled_by": "string?",
        "disabled_at": "string?", "failure_count": "integer", "last_success_at": "string?",
        "last_failure_at": "string?", "created_by": "string?", "created_at": "string", "updated_at": "string"
    }');
