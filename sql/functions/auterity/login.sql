-- Signs a user in. Auterity and Autopack share the path: either field may hold the e-mail address or the username.
--
-- Role:    anon
-- Returns: 200 {access_token, refresh_token, token_type, expires_in, user: {id, email, role, username, is_superuser}}
-- Errors:  PT400 invalid              422  neither an e-mail address nor a username
--          PT401 invalid_credentials  401  Incorrect email or password
CREATE OR REPLACE FUNCTION auterity.login(password text, email text DEFAULT NULL, username text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_seconds    CONSTANT bigint := core.setting_integer('auth.token_seconds');
    v_identifier CONSTANT text   := COALESCE(nullif(login.email, ''), nullif(login.username, ''));
    v_credential auth.credential;
    v_reply      api.reply;
BEGIN
    IF v_identifier IS NULL THEN
        PERFORM api.invalid(('email', 'required', 'Either email or username is needed.')::api.fault);
    END IF;
    v_credential := auth.sign_in(v_identifier, login.password, make_interval(secs => v_seconds));
    IF v_credential.user_id IS NULL THEN
        PERFORM api.fail('invalid_credentials');
    END IF;
    v_reply.status := 200;
    v_reply.content_type := 'application/json';
    v_reply.tokens := json_build_object('access_token', v_credential.claims);
    v_reply.body := json_build_object(
        'refresh_token', v_credential.refresh_token,
        'token_type', 'bearer',
        'expires_in', (v_credential.claims ->> 'exp')::bigint - (v_credential.claims ->> 'iat')::bigint,
        'user', json_build_object(
            'id', v_credential.user_id,
            'email', v_credential.email,
            'role', auterity.role_name(v_credential.is_superuser),
            'username', v_credential.username,
            'is_superuser', v_credential.is_superuser));
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION auterity.login(text, text, text) IS 'Signs a user in by e-mail address or username, and password.';
GRANT EXECUTE ON FUNCTION auterity.login(text, text, text) TO anon;
SELECT api.route('POST /api/auth/login', 'auterity.login', dialect => 'auterity_auth',
    auth => 'none', rate => 'auth', pool => 'slow',
    returns => '{"access_token": "string", "refresh_token": "string", "token_type": "string", "expires_in": "integer",
                 "user": {"id": "uuid", "email": "string", "role": "string", "username": "string", "is_superuser": "boolean"}}',
    errors => '{invalid,invalid_credentials}');
