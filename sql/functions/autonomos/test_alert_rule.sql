-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/test_alert_rule.sql
-- Sends a notice of a rule though nothing has happened. What came of it GET /api/v1/aam/alert-notices/{notice_id} tells.
--
-- Role:    member
-- Returns: 202 {notice_id, alert_rule_id, status}
-- Errors:  PT403 forbidden    403  the permission alerts.manage is missing
--          PT404 not_found    404  the tenant has no such rule
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.test_alert_rule(alert_rule_id uuid)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN json_build_object(
        'notice_id', data.test_alert_rule(test_alert_rule.alert_rule_id),
        'alert_rule_id', test_alert_rule.alert_rule_id, 'status', 'pending');
END;
$$;
COMMENT ON FUNCTION autonomos.test_alert_rule(uuid) IS 'Sends a notice of a rule though nothing has happened.';
GRANT EXECUTE ON FUNCTION autonomos.test_alert_rule(uuid) TO member;
SELECT api.route(
    'POST /api/v1/aam/alert-rules/{alert_rule_id}/test', 'autonomos.test_alert_rule', permission => 'alerts.manage',
    rate => 'write', status => 202, tag => 'AAM',
    errors => '{404 not_found the tenant has no such rule,503 unavailable AAM models not configured}',
    returns => '{"notice_id": "uuid", "alert_rule_id": "uuid", "status": "string"}');
