-- Gives a BI login a new password and ends what is connected with the old one.
--
-- Role:    the administrator: a superuser, or a role with CREATEROLE that is a member of pgserver_owner
-- Returns: the new password, which is kept nowhere else
-- Errors:  PT404 not_found  there is no such BI login
CREATE OR REPLACE FUNCTION auth.rotate_bi_login(role_name text)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET password_encryption = 'scram-sha-256'
AS $$
DECLARE
    v_caller CONSTANT text := current_setting('role');
    v_password text;
BEGIN
    PERFORM set_config('role', 'pgserver_owner', true);
    v_password := auth.random_token('');
    PERFORM FROM auth.bi_logins AS l WHERE l.role_name = rotate_bi_login.role_name;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such BI login.', 404);
    END IF;
    PERFORM set_config('role', v_caller, true);
    EXECUTE format('ALTER ROLE %I PASSWORD %L', rotate_bi_login.role_name, v_password);
    PERFORM pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.usename = rotate_bi_login.role_name;
    RETURN v_password;
END;
$$;
COMMENT ON FUNCTION auth.rotate_bi_login(text) IS 'Gives a BI login a new password and ends its connections.';
