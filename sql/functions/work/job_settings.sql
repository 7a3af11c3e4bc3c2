-- Requires: functions/auth/declare_permission.sql
-- Requires: functions/core/declare_setting.sql
-- Who may cancel and requeue jobs, and set up schedules.
SELECT auth.declare_permission('jobs.manage', 'admin');
SELECT core.declare_setting('work.schedules_max', 'PGSERVER_SCHEDULES_MAX', 'integer', '1000',
    'Most schedules of one tenant.');
