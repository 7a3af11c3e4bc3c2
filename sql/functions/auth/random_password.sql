-- A password nobody has to remember.
--
-- Role:    pgserver_owner and the administrator
-- Returns: 43 characters of the URL-safe base64 alphabet, made of 244 random bits
CREATE OR REPLACE FUNCTION auth.random_password()
RETURNS text LANGUAGE sql
VOLATILE PARALLEL SAFE SECURITY INVOKER
RETURN rtrim(translate(
    encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'), '=');
COMMENT ON FUNCTION auth.random_password() IS 'A password nobody has to remember.';
