-- Registers a user. Auterity and Autopack share the path. The role in the request is read and never granted.
--
-- Role:    anon
-- Returns: 201 {id, email, username, full_name, role, message}
-- Errors:  PT400 invalid             422  a field cannot be accepted
--          23505 users_email_key     409  Email already registered
--          23505 users_username_key  409  Username already registered
CREATE OR REPLACE FUNCTION auterity.register(
    email text, password text, username text DEFAULT NULL, full_name text DEFAULT NULL, role text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_credential CONSTANT auth.credential := auth.register(
        register.email, register.password, username => register.username, full_name => register.full_name);
BEGIN
    RETURN json_build_object(
        'id', v_credential.user_id,
        'email', v_credential.email,
        'username', v_credential.username,
        'full_name', v_credential.full_name,
        'role', auterity.role_name(v_credential.is_superuser),
        'message', 'User registered successfully');
END;
$$;
COMMENT ON FUNCTION auterity.register(text, text, text, text, text) IS 'Registers a user.';
GRANT EXECUTE ON FUNCTION auterity.register(text, text, text, text, text) TO anon;
SELECT api.route('POST /api/auth/register', 'auterity.register', dialect => 'auterity_auth',
    auth => 'none', rate => 'auth', pool => 'slow', status => 201,
    returns => '{"id": "uuid", "email": "string", "username": "string", "full_name": "string?", "role": "string",
                 "message": "string"}',
    errors => '{invalid,users_email_key,users_username_key}');
