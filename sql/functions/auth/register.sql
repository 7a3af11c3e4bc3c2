-- Makes a user, and a tenant which that user owns. Nothing in a request can grant more: is_superuser is an operator's.
--
-- Role:    anon, member
-- Definer: lends those who have no account yet the making of one
-- Returns: the user, signed in for token_lifetime; without claims if that is NULL
-- Errors:  PT400 invalid          400  email, username, full_name, password or name cannot be accepted
--          23505 users_email_key     409  the e-mail address is registered
--          23505 users_username_key  409  the username is registered
--          23505 tenants_name_key    409  the organization's name is taken
CREATE OR REPLACE FUNCTION auth.register(
    email text, password text, tenant_name text DEFAULT NULL, username text DEFAULT NULL,
    full_name text DEFAULT NULL, token_lifetime interval DEFAULT NULL)
RETURNS auth.credential LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_text_max  CONSTANT integer := 200;
    v_email_max CONSTANT integer := 254;
    v_username  CONSTANT text := COALESCE(register.username, register.email);
    v_user      auth.users;
    v_tenant_id uuid;
    v_credential auth.credential;
BEGIN
    PERFORM api.invalid(
        CASE WHEN register.email IS NULL OR register.email !~ '^[^@\s]+@[^@\s]+$' OR char_length(register.email) > v_email_max
            THEN ('email', 'not_an_email', 'This is not an e-mail address.')::api.fault END,
        auth.password_fault(register.password),
        CASE WHEN char_length(register.tenant_name) NOT BETWEEN 1 AND v_text_max
            THEN ('name', 'bad_length', 'The name must have 1 to 200 characters.')::api.fault END,
        CASE WHEN char_length(v_username) NOT BETWEEN 1 AND v_email_max
                OR (position('@' IN v_username) > 0 AND lower(v_username) <> lower(register.email))
            THEN ('username', 'bad_username', 'A username has 1 to 254 characters and no @.')::api.fault END,
        CASE WHEN char_length(register.full_name) > v_text_max
            THEN ('full_name', 'too_long', 'The full name may have at most 200 characters.')::api.fault END);

    INSERT INTO auth.users (email, username, full_name)
    VALUES (register.email, v_username, register.full_name)
    RETURNING * INTO STRICT v_user;
    -- A person who names no organization gets one of their own, whose name must merely be free.
    INSERT INTO auth.tenants (name)
    VALUES (COALESCE(
        register.tenant_name,
        CASE WHEN EXISTS (SELECT FROM auth.tenants AS t WHERE lower(t.name) = lower(left(v_username, v_text_max)))
            THEN left(v_username, 160) || ' ' || v_user.user_id ELSE left(v_username, v_text_max) END))
    RETURNING tenants.tenant_id INTO STRICT v_tenant_id;
    INSERT INTO auth.memberships (tenant_id, user_id, role) VALUES (v_tenant_id, v_user.user_id, 'owner');
    INSERT INTO auth.passwords (user_id, password_hash)
    VALUES (v_user.user_id, auth.hash_password(register.password));

    IF register.token_lifetime IS NOT NULL THEN
        RETURN auth.open_session(v_tenant_id, v_user.user_id, register.token_lifetime, register.token_lifetime);
    END IF;
    v_credential.user_id := v_user.user_id;
    v_credential.tenant_id := v_tenant_id;
    v_credential.email := v_user.email;
    v_credential.username := v_user.username;
    v_credential.full_name := v_user.full_name;
    v_credential.is_superuser := v_user.is_superuser;
    v_credential.created_at := v_user.created_at;
    RETURN v_credential;
END;
$$;
COMMENT ON FUNCTION auth.register(text, text, text, text, text, interval) IS
    'Makes a user, and a tenant which that user owns.';
GRANT EXECUTE ON FUNCTION auth.register(text, text, text, text, text, interval) TO anon, member;
