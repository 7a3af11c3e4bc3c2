-- Takes a BI login away and ends its connections.
--
-- Role:    the administrator: a superuser, or a role with CREATEROLE that is a member of pgserver_owner
-- Errors:  PT404 not_found  there is no such BI login
CREATE OR REPLACE FUNCTION auth.drop_bi_login(role_name text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_caller CONSTANT text := current_setting('role');
BEGIN
    PERFORM set_config('role', 'pgserver_owner', true);
    DELETE FROM auth.bi_logins AS l WHERE l.role_name = drop_bi_login.role_name;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such BI login.', 404);
    END IF;
    PERFORM set_config('role', v_caller, true);
    -- Without its row the login has no tenant, so a connection that outlives this sees nothing.
    PERFORM pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.usename = drop_bi_login.role_name;
    EXECUTE format('DROP ROLE %I', drop_bi_login.role_name);
END;
$$;
COMMENT ON FUNCTION auth.drop_bi_login(text) IS 'Takes a BI login away and ends its connections.';
