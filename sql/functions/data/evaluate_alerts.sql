-- Requires: functions/data/alert_value.sql
-- Requires: functions/data/close_alert.sql
-- Requires: functions/data/send_alert_notice.sql
-- Requires: functions/work/job_kind.sql
-- Looks at every active rule of the job's tenant. A figure that has passed its threshold opens an alert, once, and one that
-- is back ends it; both are told of and sent, in this transaction. Where there is nothing to judge by all stays as it is.
-- What is too old to be kept goes.
--
-- Role:    worker
-- Definer: lends the reading of what is watched and the writing of alerts, for the job's tenant
-- Returns: {evaluated, fired, resolved}
CREATE OR REPLACE FUNCTION data.evaluate_alerts(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid        := auth.tenant_id();
    v_kept      CONSTANT timestamptz := now() - make_interval(days => core.setting_integer('data.alert_days')::integer);
    v_rule      data.alert_rules;
    v_state     data.alert_states;
    v_alert     data.alerts;
    v_value     numeric;
    v_is_wrong  boolean;
    v_reason    text;
    v_evaluated integer := 0;
    v_fired     integer := 0;
    v_resolved  integer := 0;
BEGIN
    FOR v_state IN
        SELECT s.* FROM data.alert_states AS s WHERE s.tenant_id = v_tenant_id ORDER BY s.alert_rule_id FOR UPDATE
    LOOP
        SELECT r.* INTO v_rule
        FROM data.alert_rules AS r
        WHERE r.tenant_id = v_tenant_id AND r.alert_rule_id = v_state.alert_rule_id AND r.is_active;
        CONTINUE WHEN NOT FOUND;
        v_value := data.alert_value(v_rule.metric, v_rule.connection_id, v_rule.window_minutes);
        v_is_wrong := CASE v_rule.comparison
            WHEN 'above' THEN v_value > v_rule.threshold ELSE v_value < v_rule.threshold END;
        v_evaluated := v_evaluated + 1;
        UPDATE data.alert_states AS s SET value = v_value, evaluated_at = clock_timestamp()
        WHERE s.tenant_id = v_tenant_id AND s.alert_rule_id = v_rule.alert_rule_id;
        IF v_is_wrong AND v_state.alert_id IS NULL THEN
            INSERT INTO data.alerts (
                tenant_id, alert_rule_id, rule_name, metric, connection_id, comparison, threshold, window_minutes, value)
            VALUES (
                v_tenant_id, v_rule.alert_rule_id, v_rule.name, v_rule.metric, v_rule.connection_id, v_rule.comparison,
                v_rule.threshold, v_rule.window_minutes, v_value)
            RETURNING * INTO STRICT v_alert;
            UPDATE data.alert_states AS s SET alert_id = v_alert.alert_id
            WHERE s.tenant_id = v_tenant_id AND s.alert_rule_id = v_rule.alert_rule_id;
            v_reason := 'fired';
            v_fired := v_fired + 1;
        ELSIF NOT v_is_wrong AND v_state.alert_id IS NOT NULL THEN
            v_alert := data.close_alert(v_rule.alert_rule_id, v_value);
            v_reason := 'resolved';
            v_resolved := v_resolved + 1;
        ELSE
            CONTINUE;
        END IF;
        PERFORM data.send_alert_notice(v_rule, v_reason, v_alert);
        PERFORM core.publish(
            'data.alert', 'data.alert.' || v_reason,
            jsonb_build_object(
                'alert_rule_id', v_rule.alert_rule_id, 'rule_name', v_rule.name, 'metric', v_rule.metric,
                'connection_id', v_rule.connection_id, 'comparison', v_rule.comparison,
                'threshold', trim_scale(v_rule.threshold), 'value', trim_scale(v_value), 'status', v_alert.status),
            'alert', v_alert.alert_id::text);
    END LOOP;
    DELETE FROM data.alerts AS a WHERE a.tenant_id = v_tenant_id AND a.fired_at < v_kept AND a.status = 'resolved';
    DELETE FROM data.alert_notices AS n WHERE n.tenant_id = v_tenant_id AND n.created_at < v_kept AND n.alert_id IS NULL;
    RETURN jsonb_build_object('evaluated', v_evaluated, 'fired', v_fired, 'resolved', v_resolved);
END;
$$;
COMMENT ON FUNCTION data.evaluate_alerts(jsonb) IS 'Looks at every active alert rule of the job''s tenant.';
GRANT EXECUTE ON FUNCTION data.evaluate_alerts(jsonb) TO worker;
SELECT work.job_kind(
    'data.evaluate_alerts', 'data.evaluate_alerts', max_attempts => 3, timeout => interval '1 min', tenant_concurrency => 1,
    keep => interval '0');
