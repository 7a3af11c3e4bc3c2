-- Requires: functions/core/declaring_file.sql
-- Declares a permission and the roles that carry it. An owner carries every permission.
--
-- Role:    pgserver_owner
-- Errors:  23514 role_permissions_permission_check  it is not written domain.verb
CREATE OR REPLACE FUNCTION auth.declare_permission(permission text, VARIADIC roles auth.member_role[])
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO auth.role_permissions (role, permission, declared_in, declared_xid)
    SELECT DISTINCT r.role, declare_permission.permission, core.declaring_file(), pg_current_xact_id()
    FROM unnest('owner'::auth.member_role || declare_permission.roles) AS r (role)
    ON CONFLICT ON CONSTRAINT role_permissions_pkey DO UPDATE SET
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION auth.declare_permission(text, auth.member_role[]) IS
    'Declares a permission and the roles that carry it.';
