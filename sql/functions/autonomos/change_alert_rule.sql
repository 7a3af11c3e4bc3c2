-- Requires: functions/autonomos/get_alert_rule.sql
-- Requires: functions/data/change_alert_rule.sql
-- Changes a rule; what is left out stays. If it watches otherwise than before, or is switched off, its open alert ends
-- without a notice.
--
-- Role:    member
-- Returns: 200 {id, name, metric, …}
-- Errors:  PT400 invalid      400  a field is malformed or out of place
--          PT403 forbidden    403  the permission alerts.manage is missing
--          PT404 not_found    404  the tenant has no such rule
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.change_alert_rule(
    alert_rule_id uuid, name core.short_text DEFAULT NULL, threshold numeric DEFAULT NULL,
    channel data.alert_channel DEFAULT NULL, comparison data.alert_comparison DEFAULT NULL,
    window_minutes data.alert_window DEFAULT NULL, url text DEFAULT NULL, secret text DEFAULT NULL,
    recipients text[] DEFAULT NULL, is_active boolean DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.change_alert_rule(
        change_alert_rule.alert_rule_id, change_alert_rule.name, change_alert_rule.comparison,
        change_alert_rule.threshold, change_alert_rule.window_minutes, change_alert_rule.channel, change_alert_rule.url,
        change_alert_rule.secret, change_alert_rule.recipients, change_alert_rule.is_active);
    RETURN autonomos.get_alert_rule(change_alert_rule.alert_rule_id);
END;
$$;
COMMENT ON FUNCTION autonomos.change_alert_rule(
    uuid, core.short_text, numeric, data.alert_channel, data.alert_comparison, data.alert_window, text, text, text[], boolean)
    IS 'Changes an alert rule.';
GRANT EXECUTE ON FUNCTION autonomos.change_alert_rule(
    uuid, core.short_text, numeric, data.alert_channel, data.alert_comparison, data.alert_window, text, text, text[], boolean)
    TO member;
SELECT api.route(
    'PATCH /api/v1/aam/alert-rules/{alert_rule_id}', 'autonomos.change_alert_rule', permission => 'alerts.manage',
    rate => 'write', tag => 'AAM',
    errors => '{400 invalid a field is malformed or out of place,404 not_found the tenant has no such rule,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "metric": "string", "connection_id": "string?", "comparison": "above|below",
        "threshold": "number", "window_minutes": "integer", "channel": "webhook|mail", "url": "string?",
        "recipients": ["string", null], "is_active": "boolean", "state": "unknown|ok|firing", "last_value": "number?",
        "last_evaluated_at": "string?", "created_at": "date-time", "updated_at": "date-time"
    }');
