-- Signs a user in by e-mail address and password. AutonomOS and AI-ETL share the path; the answer is the union.
--
-- Role:    anon
-- Returns: 200 {access_token, refresh_token, token_type, expires_in}
--          401 Incorrect email or password
CREATE OR REPLACE FUNCTION autonomos.login(email text, password text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_seconds    CONSTANT bigint := core.setting_integer('auth.v1_token_seconds');
    v_credential CONSTANT auth.credential := auth.sign_in(
        login.email, login.password, make_interval(secs => v_seconds));
    v_reply api.reply;
BEGIN
    IF v_credential.user_id IS NULL THEN
        RETURN autonomos.refusal('Incorrect email or password');
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
COMMENT ON FUNCTION autonomos.login(text, text) IS 'Signs a user in by e-mail address and password.';
GRANT EXECUTE ON FUNCTION autonomos.login(text, text) TO anon;
SELECT api.route('POST /api/v1/auth/login', 'autonomos.login', dialect => 'autonomos_auth',
    auth => 'none', rate => 'auth', pool => 'slow',
    returns => '{"access_token": "string", "refresh_token": "string", "token_type": "string", "expires_in": "integer"}',
    errors => '{invalid_credentials}');
