-- Requires: functions/auth/declare_permission.sql
-- Requires: functions/core/declare_setting.sql
-- Requires: functions/core/declare_topic.sql
-- Who may manage webhooks, how many there may be, and when one is given up.
SELECT auth.declare_permission('webhooks.manage', 'admin');
SELECT core.declare_topic('work.webhook', 'Webhooks: that one was disabled.');
SELECT core.declare_setting('work.webhooks_http', 'PGSERVER_WEBHOOKS_HTTP', 'boolean', 'false',
    'Whether webhooks may have http URLs, over which everybody on the way can read along.');
SELECT core.declare_setting('work.webhooks_max', 'PGSERVER_WEBHOOKS_MAX', 'integer', '100',
    'Most webhooks of one tenant.');
SELECT core.declare_setting('work.webhook_failures_max', 'PGSERVER_WEBHOOK_FAILURES_MAX', 'integer', '10',
    'After so many events in a row that could not be delivered a webhook is disabled.');
SELECT core.declare_setting('work.webhook_deliveries_days', 'PGSERVER_WEBHOOK_DELIVERIES_DAYS', 'integer', '30',
    'For how many days the log of deliveries is kept.');
