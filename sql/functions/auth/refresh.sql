-- Exchanges a refresh token for new claims and the next refresh token. Each token works once. One that comes back
-- was stolen, or its thief came first: the session ends, and with it every token of the family.
--
-- The caller answers a refusal with a reply, never by raising: raising would undo the end of the session.
--
-- Role:    anon, member
-- Definer: lends whoever holds a refresh token the renewal of that session
-- Returns: the credential; all NULL if the token is unknown, used, or of a session that is over
CREATE OR REPLACE FUNCTION auth.refresh(refresh_token text, token_lifetime interval)
RETURNS auth.credential LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_hash       CONSTANT bytea := auth.token_hash(refresh.refresh_token);
    v_used       auth.refresh_tokens;
    v_session    auth.sessions;
    v_credential auth.credential;
BEGIN
    UPDATE auth.refresh_tokens AS r SET used_at = now()
    WHERE r.token_hash = v_hash AND r.used_at IS NULL
    RETURNING * INTO v_used;
    IF NOT FOUND THEN
        UPDATE auth.sessions AS s SET revoked_at = now(), reason = 'refresh_token_reused'
        FROM auth.refresh_tokens AS r
        WHERE r.token_hash = v_hash AND s.tenant_id = r.tenant_id AND s.session_id = r.session_id
          AND s.revoked_at IS NULL;
        RETURN NULL;
    END IF;
    UPDATE auth.sessions AS s SET refreshed_at = clock_timestamp()
    FROM auth.users AS u
    WHERE s.tenant_id = v_used.tenant_id AND s.session_id = v_used.session_id
      AND s.revoked_at IS NULL AND s.expires_at > now()
      AND u.user_id = s.user_id AND u.is_active
    RETURNING s.* INTO v_session;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT
        u.user_id, v_session.tenant_id, u.email, u.username, u.full_name, u.is_superuser, u.created_at,
        auth.claims_of(
            v_session.tenant_id, u.user_id, v_session.session_id, v_session.expires_at, refresh.token_lifetime),
        auth.random_token('pgr_')
    INTO STRICT v_credential
    FROM auth.users AS u
    WHERE u.user_id = v_session.user_id;
    INSERT INTO auth.refresh_tokens (tenant_id, token_hash, session_id)
    VALUES (v_session.tenant_id, auth.token_hash(v_credential.refresh_token), v_session.session_id);
    RETURN v_credential;
END;
$$;
COMMENT ON FUNCTION auth.refresh(text, interval) IS 'Exchanges a refresh token for new claims and the next refresh token.';
GRANT EXECUTE ON FUNCTION auth.refresh(text, interval) TO anon, member;
