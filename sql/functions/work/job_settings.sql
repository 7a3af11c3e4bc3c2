-- Requires: functions/auth/declare_permission.sql
-- Who may cancel and requeue jobs, and set up schedules.
SELECT auth.declare_permission('jobs.manage', 'admin');
