-- The public halves of the signing keys, as a JSON Web Key Set (RFC 7517 §5). A shared secret is never in it.
--
-- Role:    anon, member
-- Definer: lends everybody the public column of a table nobody may see
CREATE OR REPLACE FUNCTION auth.public_keys()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN json_build_object('keys', COALESCE((
        SELECT json_agg(k.public_jwk ORDER BY k.is_active DESC, k.created_at DESC)
        FROM auth.signing_keys AS k
        WHERE k.public_jwk IS NOT NULL
          AND (k.is_active OR k.retired_at > now() - auth.token_lifetime_max())), '[]'));
END;
$$;
COMMENT ON FUNCTION auth.public_keys() IS 'The public halves of the signing keys, as a JSON Web Key Set.';
GRANT EXECUTE ON FUNCTION auth.public_keys() TO anon, member;
