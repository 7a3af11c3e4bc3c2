-- Requires: functions/data/check_alert_rule.sql
-- Requires: functions/data/close_alert.sql
-- Requires: functions/data/require_alerts.sql
-- Changes a rule; what is NULL stays. With another channel the address of the old one goes. If it watches otherwise than
-- before, or is switched off, its open alert ends without a notice, and the next look judges anew.
--
-- Role:    member
-- Definer: lends the writing of alert rules and their secrets, of the caller's tenant
-- Errors:  PT400 invalid          400  a field is missing, malformed or out of place
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission alerts.manage is missing
--          PT404 not_found        404  the tenant has no such rule
CREATE OR REPLACE FUNCTION data.change_alert_rule(
    alert_rule_id uuid, name text DEFAULT NULL, comparison data.alert_comparison DEFAULT NULL,
    threshold numeric DEFAULT NULL, window_minutes integer DEFAULT NULL, channel data.alert_channel DEFAULT NULL,
    url text DEFAULT NULL, secret text DEFAULT NULL, recipients text[] DEFAULT NULL, is_active boolean DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_tenant_id CONSTANT uuid := data.require_alerts();
    v_rule      data.alert_rules;
    v_before    data.alert_rules;
BEGIN
    -- Whoever looks at the rule holds its state; so one of us comes first.
    PERFORM FROM data.alert_states AS s
    WHERE s.tenant_id = v_tenant_id AND s.alert_rule_id = change_alert_rule.alert_rule_id
    FOR UPDATE;
    SELECT r.* INTO v_before
    FROM data.alert_rules AS r
    WHERE r.tenant_id = v_tenant_id AND r.alert_rule_id = change_alert_rule.alert_rule_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such alert rule.');
    END IF;
    v_rule := v_before;
    v_rule.name := COALESCE(btrim(change_alert_rule.name), v_rule.name);
    v_rule.comparison := COALESCE(change_alert_rule.comparison, v_rule.comparison);
    v_rule.threshold := COALESCE(change_alert_rule.threshold, v_rule.threshold);
    v_rule.window_minutes := COALESCE(change_alert_rule.window_minutes, v_rule.window_minutes);
    v_rule.channel := COALESCE(change_alert_rule.channel, v_rule.channel);
    v_rule.is_active := COALESCE(change_alert_rule.is_active, v_rule.is_active);
    v_rule.url := COALESCE(change_alert_rule.url, CASE WHEN v_rule.channel = 'webhook' THEN v_rule.url END);
    v_rule.recipients := COALESCE(change_alert_rule.recipients, CASE WHEN v_rule.channel = 'mail' THEN v_rule.recipients END);
    v_rule.updated_at := now();
    PERFORM data.check_alert_rule(v_rule, change_alert_rule.secret);

    UPDATE data.alert_rules AS r
    SET name = v_rule.name, comparison = v_rule.comparison, threshold = v_rule.threshold,
        window_minutes = v_rule.window_minutes, channel = v_rule.channel, url = v_rule.url,
        recipients = v_rule.recipients, is_active = v_rule.is_active, updated_at = v_rule.updated_at
    WHERE r.tenant_id = v_tenant_id AND r.alert_rule_id = v_rule.alert_rule_id;
    IF v_rule.channel <> 'webhook' THEN
        DELETE FROM data.alert_secrets AS s WHERE s.tenant_id = v_tenant_id AND s.alert_rule_id = v_rule.alert_rule_id;
    ELSIF change_alert_rule.secret IS NOT NULL THEN
        INSERT INTO data.alert_secrets (tenant_id, alert_rule_id, secret)
        VALUES (v_tenant_id, v_rule.alert_rule_id, change_alert_rule.secret)
        ON CONFLICT ON CONSTRAINT alert_secrets_pkey DO UPDATE SET secret = EXCLUDED.secret;
    END IF;
    IF NOT v_rule.is_active
        OR (v_rule.comparison, v_rule.threshold, v_rule.window_minutes)
            IS DISTINCT FROM (v_before.comparison, v_before.threshold, v_before.window_minutes)
    THEN
        PERFORM data.close_alert(v_rule.alert_rule_id);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.change_alert_rule(
    uuid, text, data.alert_comparison, numeric, integer, data.alert_channel, text, text, text[], boolean) IS 'Changes an alert rule.';
GRANT EXECUTE ON FUNCTION data.change_alert_rule(
    uuid, text, data.alert_comparison, numeric, integer, data.alert_channel, text, text, text[], boolean) TO member;
