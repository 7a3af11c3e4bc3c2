-- Requires: functions/etl/webhook_document.sql
-- The webhooks of the calling tenant, newest first.
--
-- Role:    member
-- Returns: 200 [{id, url, events, status, …}], without the secrets
CREATE OR REPLACE FUNCTION etl.list_webhooks(
    page core.page_number DEFAULT 1, per_page core.page_size_100 DEFAULT 20)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    SELECT count(*) INTO v_page.total FROM work.webhooks AS w WHERE w.tenant_id = auth.tenant_id();
    SELECT COALESCE(json_agg(etl.webhook_document(l.webhook) ORDER BY (l.webhook).created_at DESC, (l.webhook).webhook_id), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT w AS webhook
        FROM work.webhooks AS w
        WHERE w.tenant_id = auth.tenant_id()
        ORDER BY w.created_at DESC, w.webhook_id
        LIMIT list_webhooks.per_page OFFSET (list_webhooks.page - 1)::bigint * list_webhooks.per_page
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION etl.list_webhooks(core.page_number, core.page_size_100) IS
    'The webhooks of the calling tenant, newest first.';
GRANT EXECUTE ON FUNCTION etl.list_webhooks(core.page_number, core.page_size_100) TO member;
SELECT api.route(
    'GET /api/v1/webhooks', 'etl.list_webhooks', permission => 'webhooks.manage', rate => 'requests',
    tag => 'Webhooks',
    returns => '{
        "id": "uuid", "url": "string", "events": ["string"], "status": "string", "disabled_by": "string?",
        "disabled_at": "string?", "failure_count": "integer", "last_success_at": "string?",
        "last_failure_at": "string?", "created_by": "string?", "created_at": "string", "updated_at": "string"
    }');
