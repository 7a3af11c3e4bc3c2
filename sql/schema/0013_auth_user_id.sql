-- The user of the running request.
--
-- Role:    anyone
-- Returns: the user, or NULL: nobody is signed in, or the setting holds no uuid.
CREATE FUNCTION auth.user_id()
RETURNS uuid LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN current_setting('request.user_id', true)
        ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    THEN current_setting('request.user_id', true)::uuid
END;
COMMENT ON FUNCTION auth.user_id() IS 'The user of the running request, or NULL.';
GRANT EXECUTE ON FUNCTION auth.user_id() TO anon, member, worker;
