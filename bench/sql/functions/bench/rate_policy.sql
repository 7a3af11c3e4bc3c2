-- Requires: functions/api/server_dialect.sql
-- Requires: functions/core/declare_rate_policy.sql
-- The largest limit that can be declared: every request is charged, none is refused.
SELECT core.declare_rate_policy('server', 'bench', 'tenant_id', 'bucket', 1000000, 1, 1000000);
