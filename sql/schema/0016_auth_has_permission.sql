-- Whether the running request's credential carries a permission. A superuser carries all of them; the permission
-- named 'superuser' is carried by a superuser alone.
--
-- Role:    anyone
-- Returns: true or false, never NULL
CREATE FUNCTION auth.has_permission(permission text)
RETURNS boolean LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN COALESCE(
    auth.claims() -> 'is_superuser' = 'true'::jsonb
        OR (has_permission.permission <> 'superuser' AND auth.claims() -> 'permissions' ? has_permission.permission),
    false);
COMMENT ON FUNCTION auth.has_permission(text) IS 'Whether the running request''s credential carries a permission.';
GRANT EXECUTE ON FUNCTION auth.has_permission(text) TO anon, member, worker;
