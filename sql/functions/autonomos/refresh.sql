-- Exchanges a refresh token for an access token and the next refresh token.
--
-- Role:    anon
-- Returns: 200 {access_token, refresh_token, token_type, expires_in}
--          401 Could not validate credentials
CREATE OR REPLACE FUNCTION autonomos.refresh(refresh_token text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_seconds    CONSTANT bigint := core.setting_integer('auth.v1_token_seconds');
    v_credential CONSTANT auth.credential := auth.refresh(
        refresh.refresh_token, make_interval(secs => v_seconds));
    v_reply api.reply;
BEGIN
    IF v_credential.user_id IS NULL THEN
        RETURN autonomos.refusal('Could not validate credentials');
    END IF;
    v_reply.status := 200;
    v_reply.content_type := 'application/json';
    v_reply.tokens := json_build_object('access_token', v_credential.claims);
    v_reply.body := json_build_object(
        'refresh_token', v_credential.refresh_token,
        'token_type', 'bearer',
        'expires_in', (v_credential.claims ->> 'exp')::bigint - (v_credential.claims ->> 'iat')::bigint);
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION autonomos.refresh(text) IS 'Exchanges a refresh token for an access token and the next refresh token.';
GRANT EXECUTE ON FUNCTION autonomos.refresh(text) TO anon;
SELECT api.route('POST /api/v1/auth/refresh', 'autonomos.refresh', dialect => 'autonomos_auth',
    auth => 'none', rate => 'auth',
    returns => '{"access_token": "string", "refresh_token": "string", "token_type": "string", "expires_in": "integer"}',
    errors => '{invalid_credentials}');
