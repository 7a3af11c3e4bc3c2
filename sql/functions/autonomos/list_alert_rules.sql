-- Requires: functions/autonomos/alert_rule_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- The alert rules of the calling tenant by name.
--
-- Role:    member
-- Returns: 200 {items: [{id, name, metric, …}], total, limit, offset, has_more}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_alert_rules(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT count(*) INTO v_page.total FROM data.alert_rules AS r WHERE r.tenant_id = auth.tenant_id();
    SELECT COALESCE(json_agg(autonomos.alert_rule_document(l.rule) ORDER BY l.position), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT r AS rule, row_number() OVER (ORDER BY r.name, r.alert_rule_id) AS position
        FROM data.alert_rules AS r
        WHERE r.tenant_id = auth.tenant_id()
        ORDER BY position
        LIMIT list_alert_rules."limit" OFFSET list_alert_rules."offset"
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_alert_rules(core.page_limit, core.page_offset) IS 'The alert rules of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_alert_rules(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/alert-rules', 'autonomos.list_alert_rules', permission => 'alerts.manage', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "metric": "string", "connection_id": "string?", "comparison": "above|below",
        "threshold": "number", "window_minutes": "integer", "channel": "webhook|mail", "url": "string?",
        "recipients": ["string", null], "is_active": "boolean", "state": "unknown|ok|firing", "last_value": "number?",
        "last_evaluated_at": "string?", "created_at": "date-time", "updated_at": "date-time"
    }');
