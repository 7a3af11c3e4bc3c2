-- Makes sure that the caller may change connections: a member with the permission, or the worker.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
CREATE OR REPLACE FUNCTION data.require_write()
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF auth.tenant_id() IS NULL THEN
        PERFORM api.fail('unauthenticated');
    ELSIF NOT auth.has_permission('connections.write') AND current_setting('role') <> 'worker' THEN
        PERFORM api.fail('forbidden', 'Connections may be changed only with the permission connections.write.');
    END IF;
END;
$$;
COMMENT ON FUNCTION data.require_write() IS 'Makes sure that the caller may change connections.';
