-- Exchanges a refresh token for an access token and the next refresh token. A refusal is a reply and not a problem,
-- because a problem would undo the end of a session whose token came back used.
--
-- Role:    anon
-- Returns: 200 {access_token, refresh_token, token_type, expires_in}
--          401 UNAUTHORIZED
CREATE OR REPLACE FUNCTION auterity.refresh(refresh_token text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_refusal    CONSTANT text   := 'The refresh token is not valid.';
    v_seconds    CONSTANT bigint := core.setting_integer('auth.token_seconds');
    v_credential CONSTANT auth.credential := auth.refresh(
        refresh.refresh_token, make_interval(secs => v_seconds));
    v_reply api.reply;
BEGIN
    v_reply.content_type := 'application/json';
    IF v_credential.user_id IS NULL THEN
        v_reply.status := 401;
        v_reply.headers := '{"WWW-Authenticate": "Bearer"}';
        v_reply.body := json_build_object(
            'error', json_build_object(
                'code', 'UNAUTHORIZED',
                'message', v_refusal,
                'timestamp', core.rfc3339(now()),
                'request_id', 'req-' || COALESCE(core.request_context('request_id'), gen_random_uuid()::text)),
            'detail', v_refusal);
        RETURN v_reply;
    END IF;
    v_reply.status := 200;
    v_reply.tokens := json_build_object('access_token', v_credential.claims);
    v_reply.body := json_build_object(
        'refresh_token', v_credential.refresh_token,
        'token_type', 'bearer',
        'expires_in', (v_credential.claims ->> 'exp')::bigint - (v_credential.claims ->> 'iat')::bigint);
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION auterity.refresh(text) IS 'Exchanges a refresh token for an access token and the next refresh token.';
GRANT EXECUTE ON FUNCTION auterity.refresh(text) TO anon;
SELECT api.route('POST /api/auth/refresh', 'auterity.refresh', dialect => 'auterity_auth',
    auth => 'none', rate => 'auth',
    returns => '{"access_token": "string", "refresh_token": "string", "token_type": "string", "expires_in": "integer"}',
    errors => '{invalid_credentials}');
