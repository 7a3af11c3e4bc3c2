-- Makes a login for BI tools: it sees the views of schema bi, of one tenant, and nothing else.
--
-- The tenant follows from the login's name in auth.bi_logins; nothing such a user may set changes it. The time limit
-- and the read-only default are defaults of the session, for the user's own good; what holds is that the login has no
-- right to write, and the limit of its connections.
--
-- Role:    the administrator: a superuser, or a role with CREATEROLE that is a member of pgserver_owner
-- Returns: the login's name and its password, which is kept nowhere else
-- Errors:  23503 bi_logins_tenant_id_fkey  there is no such tenant
--          42501                           the caller is not the administrator
CREATE OR REPLACE FUNCTION auth.create_bi_login(
    tenant uuid, label text DEFAULT '', OUT role_name text, OUT password text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET password_encryption = 'scram-sha-256'
AS $$
DECLARE
    v_connection_count_max CONSTANT int := 5;
    v_caller CONSTANT text := current_setting('role');
BEGIN
    role_name := 'bi_' || left(replace(gen_random_uuid()::text, '-', ''), 8);
    PERFORM set_config('role', 'pgserver_owner', true);
    password := auth.random_token('');
    INSERT INTO auth.bi_logins (tenant_id, role_name, label)
    VALUES (create_bi_login.tenant, create_bi_login.role_name::name, COALESCE(create_bi_login.label, ''));
    PERFORM set_config('role', v_caller, true);
    EXECUTE format(
        'CREATE ROLE %I LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
        ' CONNECTION LIMIT %s PASSWORD %L IN ROLE bi_reader',
        role_name, v_connection_count_max, password);
    EXECUTE format('ALTER ROLE %I SET search_path = bi', role_name);
    EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', role_name);
    EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', role_name);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''60s''', role_name);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''5s''', role_name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', role_name);
END;
$$;
COMMENT ON FUNCTION auth.create_bi_login(uuid, text) IS 'Makes a login for BI tools, bound to one tenant.';
