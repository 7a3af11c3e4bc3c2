-- Requires: functions/autonomos/get_alert_rule.sql
-- Requires: functions/data/create_alert_rule.sql
-- Has a figure watched, every minute, and somebody told when it passes the threshold and when it is back. A webhook needs a
-- url, mail needs recipients; a webhook's notices are signed with the secret, if there is one, which is never shown again.
--
-- Role:    member
-- Returns: 201 {id, name, metric, …}
-- Errors:  PT400 invalid            400  a field is missing, malformed or out of place
--          PT403 forbidden          403  the permission alerts.manage is missing
--          PT409 alert_rules_limit  409  the tenant has as many rules as it may
--          PT503 unavailable        503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.create_alert_rule(
    name core.short_text, metric data.alert_metric, threshold numeric, channel data.alert_channel,
    comparison data.alert_comparison DEFAULT 'above', window_minutes data.alert_window DEFAULT 60, url text DEFAULT NULL,
    secret text DEFAULT NULL, recipients text[] DEFAULT NULL, connection_id uuid DEFAULT NULL, is_active boolean DEFAULT true)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_alert_rule_id uuid;
BEGIN
    PERFORM autonomos.require_aam();
    -- A statement of its own, so that the next one sees the rule.
    v_alert_rule_id := data.create_alert_rule(
        create_alert_rule.name, create_alert_rule.metric, create_alert_rule.comparison, create_alert_rule.threshold,
        create_alert_rule.window_minutes, create_alert_rule.channel, create_alert_rule.url, create_alert_rule.secret,
        create_alert_rule.recipients, create_alert_rule.connection_id, create_alert_rule.is_active);
    RETURN autonomos.get_alert_rule(v_alert_rule_id);
END;
$$;
COMMENT ON FUNCTION autonomos.create_alert_rule(
    core.short_text, data.alert_metric, numeric, data.alert_channel, data.alert_comparison, data.alert_window, text, text,
    text[], uuid, boolean) IS 'Has a figure watched, and somebody told when it passes the threshold and when it is back.';
GRANT EXECUTE ON FUNCTION autonomos.create_alert_rule(
    core.short_text, data.alert_metric, numeric, data.alert_channel, data.alert_comparison, data.alert_window, text, text,
    text[], uuid, boolean) TO member;
SELECT api.route(
    'POST /api/v1/aam/alert-rules', 'autonomos.create_alert_rule', permission => 'alerts.manage', rate => 'write',
    status => 201, tag => 'AAM',
    errors => '{400 invalid a field is missing or malformed or out of place,409 alert_rules_limit the tenant has as many rules as it may,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "name": "string", "metric": "string", "connection_id": "string?", "comparison": "above|below",
        "threshold": "number", "window_minutes": "integer", "channel": "webhook|mail", "url": "string?",
        "recipients": ["string", null], "is_active": "boolean", "state": "unknown|ok|firing", "last_value": "number?",
        "last_evaluated_at": "string?", "created_at": "date-time", "updated_at": "date-time"
    }');
