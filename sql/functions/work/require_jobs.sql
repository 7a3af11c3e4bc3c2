-- Makes sure that the caller may manage jobs and schedules: a member with the permission jobs.manage, a job, or the
-- operator, who is no tenant's.
--
-- Role:    pgserver_owner, for functions that act for a member
-- Returns: the caller's tenant; NULL: the operator's, every tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission jobs.manage is missing
CREATE OR REPLACE FUNCTION work.require_jobs()
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := auth.tenant_id();
    v_role      CONSTANT text := current_setting('role');
BEGIN
    IF v_role NOT IN ('member', 'worker') THEN
        RETURN v_tenant_id;
    ELSIF v_tenant_id IS NULL THEN
        PERFORM api.fail('unauthenticated');
    ELSIF v_role = 'member' AND NOT auth.has_permission('jobs.manage') THEN
        PERFORM api.fail('forbidden', 'Jobs may be managed only with the permission jobs.manage.');
    END IF;
    RETURN v_tenant_id;
END;
$$;
COMMENT ON FUNCTION work.require_jobs() IS 'Makes sure that the caller may manage jobs and schedules.';
