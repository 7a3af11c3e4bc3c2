-- Requires: functions/auth/declare_permission.sql
-- The permissions that no single domain owns.
SELECT auth.declare_permission('audit.read', 'admin');
SELECT auth.declare_permission('sessions.manage', 'admin');
SELECT auth.declare_permission('api_keys.create', 'admin', 'member');
