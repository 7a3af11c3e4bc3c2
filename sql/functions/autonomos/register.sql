-- Makes a user and the organization they name, and signs them in until the token ends.
--
-- Role:    anon
-- Returns: 201 {user: {email, id, tenant_id, created_at}, access_token, token_type}
-- Errors:  PT400 invalid            400  email, password or name cannot be accepted
--          23505 users_email_key    400  Email already registered
--          23505 tenants_name_key   400  Organization name already exists. Please choose a different name.
--          23505 users_pkey         400  Unable to create user. Please try again.
CREATE OR REPLACE FUNCTION autonomos.register(email text, password text, name text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_credential CONSTANT auth.credential := auth.register(
        register.email, register.password, tenant_name => register.name,
        token_lifetime => make_interval(secs => core.setting_integer('auth.v1_token_seconds')));
    v_reply api.reply;
BEGIN
    v_reply.status := 201;
    v_reply.content_type := 'application/json';
    v_reply.tokens := json_build_object('access_token', v_credential.claims);
    v_reply.body := json_build_object(
        'user', json_build_object(
            'email', v_credential.email,
            'id', v_credential.user_id,
            'tenant_id', v_credential.tenant_id,
            'created_at', core.rfc3339(v_credential.created_at)),
        'token_type', 'bearer');
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION autonomos.register(text, text, text) IS 'Registers a user and the organization they name.';
GRANT EXECUTE ON FUNCTION autonomos.register(text, text, text) TO anon;
SELECT api.route('POST /api/v1/auth/register', 'autonomos.register',
    auth => 'none', rate => 'auth', pool => 'slow', status => 201, tag => 'autonomos',
    returns => '{"user": {"email": "string", "id": "uuid", "tenant_id": "uuid", "created_at": "date-time"},
                 "access_token": "string", "token_type": "string"}',
    errors => '{invalid,users_email_key,tenants_name_key}');
