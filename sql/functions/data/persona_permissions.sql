-- Requires: functions/auth/declare_permission.sql
-- Who may say by which words a persona is known.
SELECT auth.declare_permission('personas.write', 'admin', 'member');
