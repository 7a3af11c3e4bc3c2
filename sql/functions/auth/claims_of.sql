-- The claims of a token for a session: the union of what the contracts name.
--
-- Role:    nobody; part of definer functions
-- Returns: the claims; exp is never past the end of the session. NULL if there is no such membership
CREATE OR REPLACE FUNCTION auth.claims_of(
    tenant_id uuid, user_id uuid, session_id uuid, session_expires_at timestamptz, lifetime interval,
    scopes text[] DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT jsonb_strip_nulls(jsonb_build_object('aud', nullif(core.setting('auth.audience'), '')))
            || jsonb_build_object(
            'iss', core.setting('auth.issuer'),
            'sub', u.user_id,
            'user_id', u.user_id,
            'tenant_id', t.tenant_id,
            -- An owner is an admin too, for whoever asks for that role by its name.
            'roles', CASE m.role WHEN 'owner' THEN '["owner", "admin"]'::jsonb ELSE jsonb_build_array(m.role) END,
            'permissions', COALESCE((
                SELECT jsonb_agg(p.permission ORDER BY p.permission)
                FROM auth.role_permissions AS p
                WHERE p.role = m.role
                  AND (claims_of.scopes IS NULL OR p.permission = ANY (claims_of.scopes))), '[]'),
            'is_superuser', u.is_superuser AND claims_of.scopes IS NULL,
            'plan', t.plan,
            'tier', t.tier,
            'sid', claims_of.session_id,
            'jti', gen_random_uuid(),
            'iat', floor(extract(epoch FROM now()))::bigint,
            'exp', floor(extract(epoch FROM LEAST(now() + claims_of.lifetime, claims_of.session_expires_at)))::bigint)
        FROM auth.memberships AS m
        JOIN auth.users   AS u ON u.user_id = m.user_id
        JOIN auth.tenants AS t ON t.tenant_id = m.tenant_id
        WHERE m.tenant_id = claims_of.tenant_id AND m.user_id = claims_of.user_id
    );
END;
$$;
COMMENT ON FUNCTION auth.claims_of(uuid, uuid, uuid, timestamptz, interval, text[]) IS 'The claims of a token for a session.';
