-- The claims of the credential that the running request carries. The server has verified them.
--
-- Role:    anyone
-- Returns: the claims, or NULL if nobody is signed in
CREATE FUNCTION auth.claims()
RETURNS jsonb LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN nullif(current_setting('request.claims', true), '')::jsonb;
COMMENT ON FUNCTION auth.claims() IS 'The claims of the running request''s credential, or NULL.';
GRANT EXECUTE ON FUNCTION auth.claims() TO anon, member, worker;
