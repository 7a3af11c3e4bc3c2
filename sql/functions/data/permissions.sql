-- Requires: functions/auth/declare_permission.sql
-- Who may connect sources, map them and read them in.
SELECT auth.declare_permission('connections.write', 'admin', 'member');
