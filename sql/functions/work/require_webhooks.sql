-- Makes sure that the caller may manage webhooks.
--
-- Role:    pgserver_owner, for functions that act for a member
-- Returns: the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission webhooks.manage is missing
CREATE OR REPLACE FUNCTION work.require_webhooks()
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := auth.tenant_id();
BEGIN
    IF v_tenant_id IS NULL THEN
        PERFORM api.fail('unauthenticated');
    ELSIF NOT auth.has_permission('webhooks.manage') THEN
        PERFORM api.fail('forbidden', 'Webhooks may be managed only with the permission webhooks.manage.');
    END IF;
    RETURN v_tenant_id;
END;
$$;
COMMENT ON FUNCTION work.require_webhooks() IS 'Makes sure that the caller may manage webhooks.';
