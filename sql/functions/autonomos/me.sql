-- Who is calling. In demo mode somebody new each time: the contract promises random ids.
--
-- Role:    member
-- Returns: 200 {email, id, tenant_id, created_at}
CREATE OR REPLACE FUNCTION autonomos.me()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF autonomos.is_demo() THEN
        RETURN json_build_object(
            'email', 'dev@autonomos.dev', 'id', gen_random_uuid(), 'tenant_id', gen_random_uuid(),
            'created_at', core.rfc3339(now()));
    END IF;
    RETURN (
        SELECT json_build_object(
            'email', u.email, 'id', u.user_id, 'tenant_id', auth.tenant_id(), 'created_at', core.rfc3339(u.created_at))
        FROM auth.users AS u
        WHERE u.user_id = auth.user_id()
    );
END;
$$;
COMMENT ON FUNCTION autonomos.me() IS 'Who is calling.';
GRANT EXECUTE ON FUNCTION autonomos.me() TO member;
SELECT api.route('GET /api/v1/auth/me', 'autonomos.me', rate => 'read',
    returns => '{"email": "string", "id": "uuid", "tenant_id": "uuid", "created_at": "date-time"}');
