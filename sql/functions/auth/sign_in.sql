-- Signs a user in by password, into the tenant they have belonged to longest.
--
-- Role:    anon, member
-- Definer: lends those who are not signed in the checking of one password
-- Returns: the credential; all NULL if name and password do not fit, after the same time whatever the reason
CREATE OR REPLACE FUNCTION auth.sign_in(identifier text, password text, token_lifetime interval)
RETURNS auth.credential LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_user_id   uuid;
    v_tenant_id uuid;
BEGIN
    SELECT u.user_id, m.tenant_id INTO v_user_id, v_tenant_id
    FROM auth.users AS u
    JOIN auth.memberships AS m ON m.user_id = u.user_id
    WHERE u.is_active
      AND (lower(u.email) = lower(sign_in.identifier) OR lower(u.username) = lower(sign_in.identifier))
    ORDER BY lower(u.email) = lower(sign_in.identifier) DESC, m.created_at, m.tenant_id
    LIMIT 1;
    IF NOT auth.is_password(v_user_id, sign_in.password) THEN
        RETURN NULL;
    END IF;
    RETURN auth.open_session(
        v_tenant_id, v_user_id, sign_in.token_lifetime,
        make_interval(secs => core.setting_integer('auth.session_seconds')));
END;
$$;
COMMENT ON FUNCTION auth.sign_in(text, text, interval) IS 'Signs a user in by password.';
GRANT EXECUTE ON FUNCTION auth.sign_in(text, text, interval) TO anon, member;
