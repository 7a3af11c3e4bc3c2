-- Makes the rest of the transaction the only one that unifies the tenant's contacts, or changes how.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: the tenant's row, locked
-- Errors:  PT401 unauthenticated  401  nobody is signed in
CREATE OR REPLACE FUNCTION data.begin_unification()
RETURNS data.unifications LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := auth.tenant_id();
    v_unification data.unifications;
BEGIN
    IF v_tenant_id IS NULL THEN
        PERFORM api.fail('unauthenticated');
    END IF;
    INSERT INTO data.unifications (tenant_id) VALUES (v_tenant_id) ON CONFLICT DO NOTHING;
    SELECT u.* INTO STRICT v_unification FROM data.unifications AS u WHERE u.tenant_id = v_tenant_id FOR UPDATE;
    RETURN v_unification;
END;
$$;
COMMENT ON FUNCTION data.begin_unification() IS
    'Makes the rest of the transaction the only one that unifies the tenant''s contacts.';
