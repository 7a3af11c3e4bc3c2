-- Requires: functions/data/check_alert_rule.sql
-- Requires: functions/data/require_alerts.sql
-- Has a figure watched from now on.
--
-- Role:    member
-- Definer: lends the writing of alert rules and their secrets, of the caller's tenant
-- Returns: the rule's id
-- Errors:  PT400 invalid            400  a field is missing, malformed or out of place
--          PT401 unauthenticated    401  nobody is signed in
--          PT403 forbidden          403  the permission alerts.manage is missing
--          PT409 alert_rules_limit  409  the tenant has as many rules as it may
CREATE OR REPLACE FUNCTION data.create_alert_rule(
    name text, metric data.alert_metric, comparison data.alert_comparison, threshold numeric, window_minutes integer,
    channel data.alert_channel, url text DEFAULT NULL, secret text DEFAULT NULL, recipients text[] DEFAULT NULL,
    connection_id uuid DEFAULT NULL, is_active boolean DEFAULT true)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_locks     CONSTANT integer := 887081;
    v_tenant_id CONSTANT uuid    := data.require_alerts();
    v_count_max CONSTANT bigint  := core.setting_integer('data.alert_rules_max');
    v_rule      data.alert_rules;
BEGIN
    v_rule.tenant_id := v_tenant_id;
    v_rule.alert_rule_id := gen_random_uuid();
    v_rule.name := btrim(create_alert_rule.name);
    v_rule.metric := create_alert_rule.metric;
    v_rule.connection_id := create_alert_rule.connection_id;
    v_rule.comparison := create_alert_rule.comparison;
    v_rule.threshold := create_alert_rule.threshold;
    v_rule.window_minutes := create_alert_rule.window_minutes;
    v_rule.channel := create_alert_rule.channel;
    v_rule.url := create_alert_rule.url;
    v_rule.recipients := create_alert_rule.recipients;
    v_rule.is_active := COALESCE(create_alert_rule.is_active, true);
    v_rule.created_by := auth.user_id();
    v_rule.created_at := now();
    v_rule.updated_at := now();
    PERFORM data.check_alert_rule(v_rule, create_alert_rule.secret);
    -- Two that come at once do not both take the last place.
    PERFORM pg_advisory_xact_lock(v_locks, hashtext(v_tenant_id::text));
    IF (SELECT count(*) FROM data.alert_rules AS r WHERE r.tenant_id = v_tenant_id) >= v_count_max THEN
        PERFORM api.fail('alert_rules_limit', format('There are %s alert rules already, as many as may be.', v_count_max), 409);
    END IF;
    INSERT INTO data.alert_rules VALUES (v_rule.*);
    INSERT INTO data.alert_states (tenant_id, alert_rule_id) VALUES (v_tenant_id, v_rule.alert_rule_id);
    IF create_alert_rule.secret IS NOT NULL THEN
        INSERT INTO data.alert_secrets (tenant_id, alert_rule_id, secret)
        VALUES (v_tenant_id, v_rule.alert_rule_id, create_alert_rule.secret);
    END IF;
    RETURN v_rule.alert_rule_id;
END;
$$;
COMMENT ON FUNCTION data.create_alert_rule(
    text, data.alert_metric, data.alert_comparison, numeric, integer, data.alert_channel, text, text, text[], uuid, boolean) IS
    'Has a figure watched from now on.';
GRANT EXECUTE ON FUNCTION data.create_alert_rule(
    text, data.alert_metric, data.alert_comparison, numeric, integer, data.alert_channel, text, text, text[], uuid, boolean)
    TO member;
