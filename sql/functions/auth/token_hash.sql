-- How a token or key is kept: SHA-256 of its text. It has 256 random bits, so no slower hash is needed.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.token_hash(token text)
RETURNS bytea LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN sha256(convert_to(token_hash.token, 'UTF8'));
COMMENT ON FUNCTION auth.token_hash(text) IS 'How a token or key is kept.';
