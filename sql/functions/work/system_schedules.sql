-- Requires: functions/work/maintain_events.sql
-- Requires: functions/work/maintain_jobs.sql
-- Requires: functions/work/schedule.sql
-- Requires: functions/work/sweep_idempotency_keys.sql
-- Requires: functions/work/trim_webhook_deliveries.sql
-- What the installation sees to by itself. Each at a minute of its own, so that they do not meet.
SELECT work.schedule('work.maintain_jobs', '4 * * * *', 'work.maintain_jobs');
SELECT work.schedule('work.maintain_events', '14 * * * *', 'work.maintain_events');
SELECT work.schedule('work.sweep_idempotency_keys', '24,54 * * * *', 'work.sweep_idempotency_keys');
SELECT work.schedule('work.trim_webhook_deliveries', '34 * * * *', 'work.trim_webhook_deliveries');
