-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.alert_rules AS
SELECT
    r.alert_rule_id,
    r.name AS rule_name,
    r.metric,
    r.connection_id,
    r.comparison,
    r.threshold,
    r.window_minutes::integer AS window_minutes,
    r.channel,
    r.is_active,
    s.alert_id IS NOT NULL AS is_firing,
    s.value AS last_value,
    s.evaluated_at AS last_evaluated_at,
    r.created_at,
    r.updated_at
FROM data.alert_rules AS r
JOIN data.alert_states AS s ON s.tenant_id = r.tenant_id AND s.alert_rule_id = r.alert_rule_id;
COMMENT ON VIEW bi.alert_rules IS
    'One row for each figure that is watched, without the addresses that are told. Times are in UTC.';
COMMENT ON COLUMN bi.alert_rules.alert_rule_id     IS 'Id of the rule.';
COMMENT ON COLUMN bi.alert_rules.rule_name         IS 'Its name.';
COMMENT ON COLUMN bi.alert_rules.metric            IS 'Figure that is watched, such as sync_failures.';
COMMENT ON COLUMN bi.alert_rules.connection_id     IS 'Connection whose figure it is; joins bi.connections. NULL: the tenant''s.';
COMMENT ON COLUMN bi.alert_rules.comparison        IS 'On which side of the threshold it is worth an alert: above or below.';
COMMENT ON COLUMN bi.alert_rules.threshold         IS 'The threshold, in the unit of the figure.';
COMMENT ON COLUMN bi.alert_rules.window_minutes    IS 'How far back is counted, in minutes.';
COMMENT ON COLUMN bi.alert_rules.channel           IS 'How somebody is told: webhook or mail.';
COMMENT ON COLUMN bi.alert_rules.is_active         IS 'Whether it is looked at.';
COMMENT ON COLUMN bi.alert_rules.is_firing         IS 'Whether an alert of it is open.';
COMMENT ON COLUMN bi.alert_rules.last_value        IS 'The figure as last seen; NULL: nothing to judge by.';
COMMENT ON COLUMN bi.alert_rules.last_evaluated_at IS 'When it was last looked at, in UTC.';
COMMENT ON COLUMN bi.alert_rules.created_at        IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.alert_rules.updated_at        IS 'When it last changed, in UTC.';
GRANT SELECT ON bi.alert_rules TO bi_reader;
