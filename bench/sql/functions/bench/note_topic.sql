-- Requires: functions/core/declare_topic.sql
-- What the listeners of the soak hear of.
SELECT core.declare_topic('bench.note', 'Notes of made-up tenants.');
