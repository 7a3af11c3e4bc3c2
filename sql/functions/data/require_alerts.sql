-- Makes sure that the caller may manage alert rules.
--
-- Role:    member; pgserver_owner, for functions that act for a member
-- Returns: the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission alerts.manage is missing
CREATE OR REPLACE FUNCTION data.require_alerts()
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := auth.tenant_id();
BEGIN
    IF v_tenant_id IS NULL THEN
        PERFORM api.fail('unauthenticated');
    ELSIF NOT auth.has_permission('alerts.manage') THEN
        PERFORM api.fail('forbidden', 'Alert rules may be managed only with the permission alerts.manage.');
    END IF;
    RETURN v_tenant_id;
END;
$$;
COMMENT ON FUNCTION data.require_alerts() IS 'Makes sure that the caller may manage alert rules.';
GRANT EXECUTE ON FUNCTION data.require_alerts() TO member;
