-- The public keys to validate tokens with (RFC 7517 §5).
--
-- Role:    anon
-- Returns: 200 {keys: []}
CREATE OR REPLACE FUNCTION autopack.jwks()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN auth.public_keys();
END;
$$;
COMMENT ON FUNCTION autopack.jwks() IS 'The public keys to validate tokens with.';
GRANT EXECUTE ON FUNCTION autopack.jwks() TO anon;
SELECT api.route('GET /api/auth/.well-known/jwks.json', 'autopack.jwks', auth => 'none',
    returns => '{"keys": [{"kty": "string", "kid": "string", "alg": "string", "use": "string"}]}');
