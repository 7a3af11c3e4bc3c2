-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.alerts AS
SELECT
    a.alert_id,
    a.alert_rule_id,
    a.rule_name,
    a.metric,
    a.connection_id,
    a.comparison,
    a.threshold,
    a.window_minutes::integer AS window_minutes,
    a.value,
    a.status,
    a.fired_at,
    a.resolved_at,
    a.resolved_value,
    extract(epoch FROM COALESCE(a.resolved_at, now()) - a.fired_at) AS firing_seconds
FROM data.alerts AS a;
COMMENT ON VIEW bi.alerts IS
    'One row for each time that a figure passed a threshold, with the rule as it was then. Times are in UTC.';
COMMENT ON COLUMN bi.alerts.alert_id       IS 'Id of the alert.';
COMMENT ON COLUMN bi.alerts.alert_rule_id  IS 'Rule it came of; joins bi.alert_rules. NULL: the rule was removed.';
COMMENT ON COLUMN bi.alerts.rule_name      IS 'Name of the rule.';
COMMENT ON COLUMN bi.alerts.metric         IS 'Figure that was watched.';
COMMENT ON COLUMN bi.alerts.connection_id  IS 'Connection whose figure it is; joins bi.connections. NULL: the tenant''s.';
COMMENT ON COLUMN bi.alerts.comparison     IS 'above or below.';
COMMENT ON COLUMN bi.alerts.threshold      IS 'The threshold, in the unit of the figure.';
COMMENT ON COLUMN bi.alerts.window_minutes IS 'How far back was counted, in minutes.';
COMMENT ON COLUMN bi.alerts.value          IS 'The figure when it fired.';
COMMENT ON COLUMN bi.alerts.status         IS 'firing or resolved.';
COMMENT ON COLUMN bi.alerts.fired_at       IS 'When it fired, in UTC.';
COMMENT ON COLUMN bi.alerts.resolved_at    IS 'When the figure was back, or the rule changed, in UTC; NULL: it is firing.';
COMMENT ON COLUMN bi.alerts.resolved_value IS 'The figure when it was back; NULL: the rule was changed, switched off or removed.';
COMMENT ON COLUMN bi.alerts.firing_seconds IS 'How long it fired, or has been firing, in seconds.';
GRANT SELECT ON bi.alerts TO bi_reader;
