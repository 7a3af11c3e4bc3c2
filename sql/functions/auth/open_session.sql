-- Signs a user in whose identity has been proved: a session, the claims of its first token and, if the sign-in is
-- to last longer than that token, its first refresh token.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.open_session(
    tenant_id uuid, user_id uuid, token_lifetime interval, session_lifetime interval)
RETURNS auth.credential LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_session       auth.sessions;
    v_refresh_token text;
    v_credential    auth.credential;
BEGIN
    -- From here on it is known who acts, so the audit log can say so.
    PERFORM set_config('request.user_id', open_session.user_id::text, true);
    INSERT INTO auth.sessions (tenant_id, user_id, kind, address, expires_at)
    VALUES (
        open_session.tenant_id, open_session.user_id, 'login', core.request_context('address'),
        now() + open_session.session_lifetime)
    RETURNING * INTO STRICT v_session;
    IF open_session.session_lifetime > open_session.token_lifetime THEN
        v_refresh_token := auth.random_token('pgr_');
        INSERT INTO auth.refresh_tokens (tenant_id, token_hash, session_id)
        VALUES (v_session.tenant_id, auth.token_hash(v_refresh_token), v_session.session_id);
    END IF;
    SELECT
        u.user_id, v_session.tenant_id, u.email, u.username, u.full_name, u.is_superuser, u.created_at,
        auth.claims_of(
            v_session.tenant_id, u.user_id, v_session.session_id, v_session.expires_at, open_session.token_lifetime),
        v_refresh_token
    INTO STRICT v_credential
    FROM auth.users AS u
    WHERE u.user_id = open_session.user_id;
    RETURN v_credential;
END;
$$;
COMMENT ON FUNCTION auth.open_session(uuid, uuid, interval, interval) IS
    'Signs a user in whose identity has been proved.';
