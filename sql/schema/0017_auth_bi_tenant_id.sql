-- The tenant whose rows a bi view shows. For a BI login it comes from the login itself, never from a setting that
-- this user could change; only the server's login (and a superuser) is believed when it states a tenant.
--
-- Role:    bi_owner, bi_reader
-- Definer: reads auth.bi_logins, which no reader may see, and gives back only the caller's own tenant
-- Returns: the tenant, or NULL: no rows
CREATE FUNCTION auth.bi_tenant_id()
RETURNS uuid LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id uuid;
BEGIN
    SELECT l.tenant_id INTO v_tenant_id FROM auth.bi_logins AS l WHERE l.role_name = session_user;
    IF FOUND THEN
        RETURN v_tenant_id;
    ELSIF pg_has_role(session_user, 'pgserver', 'MEMBER') THEN
        RETURN auth.tenant_id();
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION auth.bi_tenant_id() IS 'The tenant whose rows a bi view shows to the connected login.';
GRANT EXECUTE ON FUNCTION auth.bi_tenant_id() TO bi_owner, bi_reader, member, worker;
