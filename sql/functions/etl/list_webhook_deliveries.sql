-- Requires: functions/etl/webhook_delivery_document.sql
-- The deliveries of a webhook, newest first; those of one status, if one is asked for.
--
-- Role:    member
-- Returns: 200 [{id, event, status, attempts, response_status, …}]
-- Errors:  PT404 not_found  404  the tenant has no such webhook
CREATE OR REPLACE FUNCTION etl.list_webhook_deliveries(
    webhook_id uuid, status work.delivery_status DEFAULT NULL, page core.page_number DEFAULT 1,
    per_page core.page_size_100 DEFAULT 20)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    IF NOT EXISTS (
        SELECT FROM work.webhooks AS w
        WHERE w.tenant_id = auth.tenant_id() AND w.webhook_id = list_webhook_deliveries.webhook_id)
    THEN
        PERFORM api.fail('not_found', 'There is no such webhook.');
    END IF;
    SELECT count(*) INTO v_page.total
    FROM work.webhook_deliveries AS d
    WHERE d.tenant_id = auth.tenant_id() AND d.webhook_id = list_webhook_deliveries.webhook_id
        AND (list_webhook_deliveries.status IS NULL OR d.status = list_webhook_deliveries.status);
    SELECT COALESCE(
            json_agg(etl.webhook_delivery_document(l.delivery)
                ORDER BY (l.delivery).created_at DESC, (l.delivery).delivery_id), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT d AS delivery
        FROM work.webhook_deliveries AS d
        WHERE d.tenant_id = auth.tenant_id() AND d.webhook_id = list_webhook_deliveries.webhook_id
            AND (list_webhook_deliveries.status IS NULL OR d.status = list_webhook_deliveries.status)
        ORDER BY d.created_at DESC, d.delivery_id
        LIMIT list_webhook_deliveries.per_page
        OFFSET (list_webhook_deliveries.page - 1)::bigint * list_webhook_deliveries.per_page
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION etl.list_webhook_deliveries(uuid, work.delivery_status, core.page_number, core.page_size_100) IS
    'The deliveries of a webhook, newest first.';
GRANT EXECUTE ON FUNCTION etl.list_webhook_deliveries(uuid, work.delivery_status, core.page_number, core.page_size_100)
    TO member;
SELECT api.route(
    'GET /api/v1/webhooks/{webhook_id}/deliveries', 'etl.list_webhook_deliveries', permission => 'webhooks.manage',
    rate => 'requests', tag => 'Webhooks',
    returns => '{
        "id": "uuid", "webhook_id": "uuid", "reason": "string", "redelivery_of": "string?", "event": "string",
        "status": "string", "attempts": "integer", "response_status": "integer?", "response_excerpt": "string?",
        "error": "object?", "duration_ms": "integer?", "next_attempt_at": "string?", "created_at": "string",
        "finished_at": "string?"
    }');
