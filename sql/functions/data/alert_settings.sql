-- Requires: functions/auth/declare_permission.sql
-- Requires: functions/core/declare_setting.sql
-- Requires: functions/core/declare_topic.sql
-- Who may have alerts sent, how many rules there may be, how long alerts are kept, and from whom their mails are.
SELECT auth.declare_permission('alerts.manage', 'admin');
SELECT core.declare_topic('data.alert', 'Alerts: that a figure has passed a threshold, and that it is back.');
SELECT core.declare_setting('data.alert_rules_max', 'PGSERVER_ALERT_RULES_MAX', 'integer', '100',
    'Most alert rules of one tenant.');
SELECT core.declare_setting('data.alert_days', 'PGSERVER_ALERT_DAYS', 'integer', '365',
    'For how many days alerts and their notices are kept.');
SELECT core.declare_setting('data.alert_from', 'PGSERVER_ALERT_FROM', 'text', '',
    'Whom mails of alerts are from, as an address. Empty: no rule can send mail.');
