-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/delete_alert_rule.sql
-- Removes a rule. Its alerts stay in the history.
--
-- Role:    member
-- Returns: 204
-- Errors:  PT403 forbidden    403  the permission alerts.manage is missing
--          PT404 not_found    404  the tenant has no such rule
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.delete_alert_rule(alert_rule_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.delete_alert_rule(delete_alert_rule.alert_rule_id);
END;
$$;
COMMENT ON FUNCTION autonomos.delete_alert_rule(uuid) IS 'Removes an alert rule.';
GRANT EXECUTE ON FUNCTION autonomos.delete_alert_rule(uuid) TO member;
SELECT api.route(
    'DELETE /api/v1/aam/alert-rules/{alert_rule_id}', 'autonomos.delete_alert_rule', permission => 'alerts.manage',
    rate => 'write', status => 204, tag => 'AAM',
    errors => '{404 not_found the tenant has no such rule,503 unavailable AAM models not configured}');
