-- The tenant of the running request. What policies bind to is part of the schema, so changing it is a migration.
--
-- Role:    anyone
-- Returns: the tenant, or NULL: nobody is signed in, or the setting holds no uuid. A policy must never raise.
CREATE FUNCTION auth.tenant_id()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN current_setting('request.tenant_id', true)
        ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    THEN current_setting('request.tenant_id', true)::uuid
END;
COMMENT ON FUNCTION auth.tenant_id() IS 'The tenant of the running request, or NULL.';
GRANT EXECUTE ON FUNCTION auth.tenant_id() TO anon, member, worker, bi_owner, bi_reader;
