-- Requires: functions/data/close_alert.sql
-- Requires: functions/data/require_alerts.sql
-- Removes a rule. Its alerts stay in the history; one that is open ends without a notice.
--
-- Role:    member
-- Definer: lends the removal of alert rules of the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission alerts.manage is missing
--          PT404 not_found        404  the tenant has no such rule
CREATE OR REPLACE FUNCTION data.delete_alert_rule(alert_rule_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := data.require_alerts();
BEGIN
    PERFORM FROM data.alert_states AS s
    WHERE s.tenant_id = v_tenant_id AND s.alert_rule_id = delete_alert_rule.alert_rule_id
    FOR UPDATE;
    PERFORM data.close_alert(delete_alert_rule.alert_rule_id);
    DELETE FROM data.alert_rules AS r
    WHERE r.tenant_id = v_tenant_id AND r.alert_rule_id = delete_alert_rule.alert_rule_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such alert rule.');
    END IF;
END;
$$;
COMMENT ON FUNCTION data.delete_alert_rule(uuid) IS 'Removes an alert rule.';
GRANT EXECUTE ON FUNCTION data.delete_alert_rule(uuid) TO member;
