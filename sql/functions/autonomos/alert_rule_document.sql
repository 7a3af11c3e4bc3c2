-- An alert rule as lists show it, with what it last saw. Its secret is never shown.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.alert_rule_document(rule data.alert_rules)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', rule.alert_rule_id, 'name', rule.name, 'metric', rule.metric, 'connection_id', rule.connection_id,
            'comparison', rule.comparison, 'threshold', trim_scale(rule.threshold), 'window_minutes', rule.window_minutes,
            'channel', rule.channel, 'url', rule.url, 'recipients', rule.recipients, 'is_active', rule.is_active,
            'state', CASE WHEN s.alert_id IS NOT NULL THEN 'firing' WHEN s.value IS NULL THEN 'unknown' ELSE 'ok' END,
            'last_value', trim_scale(s.value), 'last_evaluated_at', core.rfc3339(s.evaluated_at),
            'created_at', core.rfc3339(rule.created_at), 'updated_at', core.rfc3339(rule.updated_at))
        FROM data.alert_states AS s
        WHERE s.tenant_id = rule.tenant_id AND s.alert_rule_id = rule.alert_rule_id
    );
END;
$$;
COMMENT ON FUNCTION autonomos.alert_rule_document(data.alert_rules) IS 'An alert rule as lists show it.';
GRANT EXECUTE ON FUNCTION autonomos.alert_rule_document(data.alert_rules) TO member;
