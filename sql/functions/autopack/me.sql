-- Who is calling.
--
-- Role:    member
-- Returns: 200 {id, email, username, full_name, role, is_superuser, tenant_id, created_at}
CREATE OR REPLACE FUNCTION autopack.me()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', u.user_id,
            'email', u.email,
            'username', u.username,
            'full_name', u.full_name,
            'role', CASE WHEN u.is_superuser THEN 'admin' ELSE 'user' END,
            'is_superuser', u.is_superuser,
            'tenant_id', auth.tenant_id(),
            'created_at', core.rfc3339(u.created_at))
        FROM auth.users AS u
        WHERE u.user_id = auth.user_id()
    );
END;
$$;
COMMENT ON FUNCTION autopack.me() IS 'Who is calling.';
GRANT EXECUTE ON FUNCTION autopack.me() TO member;
SELECT api.route('GET /api/auth/me', 'autopack.me',
    returns => '{"id": "uuid", "email": "string", "username": "string", "full_name": "string?", "role": "string",
                 "is_superuser": "boolean", "tenant_id": "uuid", "created_at": "date-time"}');
