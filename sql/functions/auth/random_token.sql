-- A secret of 256 random bits: a prefix and 43 letters of base64url.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.random_token(prefix text)
RETURNS text LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
RETURN random_token.prefix || translate(encode(ext.gen_random_bytes(32), 'base64'), '+/=', '-_');
COMMENT ON FUNCTION auth.random_token(text) IS 'A secret of 256 random bits.';
