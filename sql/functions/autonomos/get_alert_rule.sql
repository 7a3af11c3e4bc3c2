-- Requires: functions/autonomos/alert_rule_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- One alert rule, with what it last saw.
--
-- Role:    member
-- Returns: 200 {id, name, metric, …}
-- Errors:  PT404 not_found    404  the tenant has no such rule
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_alert_rule(alert_rule_id uuid)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_rule json;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT autonomos.alert_rule_document(r) INTO v_rule
    FROM data.alert_rules AS r
    WHERE r.tenant_id = auth.tenant_id() AND r.alert_rule_id = get_alert_rule.alert_rule_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Alert rule not found.');
    END IF;
    RETURN v_rule;
END;
$$;
COMMENT ON FUNCTION autonomos.get_alert_rule(uuid) IS 'One alert rule, with what it last saw.';
GRANT EXECUTE ON FUNCTION autonomos.get_alert_rule(uuid) TO member;
SELECT api.route(
    'GET /api/v1/aam/alert-rules/{alert_rule_id}', 'autonomos.get_alert_rule', permission => 'alerts.manage', rate => 'read',
    tag => 'AAM',
    errors => '{404 not_found the tenant has no such rule,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "metric": "string", "connection_id": "string?", "comparison": "above|below",
        "threshold": "number", "window_minutes": "integer", "channel": "webhook|mail", "url": "string?",
        "recipients": ["string", null], "is_active": "boolean", "state": "unknown|ok|firing", "last_value": "number?",
        "last_evaluated_at": "string?", "created_at": "date-time", "updated_at": "date-time"
    }');
