-- Requires: functions/data/require_alerts.sql
-- Requires: functions/data/send_alert_notice.sql
-- Sends a notice that nothing has happened, also of a rule that is switched off.
--
-- Role:    member
-- Definer: lends the secret that signs, and the writing of a notice, of the caller's tenant
-- Returns: the notice's id
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission alerts.manage is missing
--          PT404 not_found        404  the tenant has no such rule
CREATE OR REPLACE FUNCTION data.test_alert_rule(alert_rule_id uuid)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := data.require_alerts();
    v_rule      data.alert_rules;
BEGIN
    SELECT r.* INTO v_rule
    FROM data.alert_rules AS r
    WHERE r.tenant_id = v_tenant_id AND r.alert_rule_id = test_alert_rule.alert_rule_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such alert rule.');
    END IF;
    RETURN data.send_alert_notice(v_rule, 'test', NULL);
END;
$$;
COMMENT ON FUNCTION data.test_alert_rule(uuid) IS 'Sends a notice that nothing has happened.';
GRANT EXECUTE ON FUNCTION data.test_alert_rule(uuid) TO member;
