-- The keys to sign and verify tokens with: the active one, and the retired ones while a token of theirs may live.
--
-- Role:    pgserver
-- Definer: lends the server the signing keys, which nobody else may see
CREATE OR REPLACE FUNCTION api.signing_keys()
RETURNS TABLE (
    kid text, algorithm text, private_key text, public_key text, is_active boolean, retired_at timestamptz)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT k.kid, k.algorithm, k.private_key, k.public_key, k.is_active, k.retired_at
    FROM auth.signing_keys AS k
    WHERE k.is_active OR k.retired_at > now() - auth.token_lifetime_max()
    ORDER BY k.is_active DESC, k.retired_at DESC;
END;
$$;
COMMENT ON FUNCTION api.signing_keys() IS 'The keys to sign and verify tokens with.';
GRANT EXECUTE ON FUNCTION api.signing_keys() TO pgserver;
