-- Adds a key and makes it the active one. The key before it stays for verification until its tokens are over.
--
-- Role:    pgserver
-- Definer: lends the server the adding of keys
-- Errors:  23505 signing_keys_pkey              the kid is taken
--          23514 signing_keys_algorithm_check   the algorithm is not served
--          23514 signing_keys_public_jwk_check  a pair without its public half, or a secret with one
CREATE OR REPLACE FUNCTION api.add_signing_key(
    kid text, algorithm text, private_key text, public_key text, public_jwk jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    LOCK TABLE auth.signing_keys IN SHARE ROW EXCLUSIVE MODE;
    UPDATE auth.signing_keys AS k SET is_active = false, retired_at = now() WHERE k.is_active;
    INSERT INTO auth.signing_keys (kid, algorithm, private_key, public_key, public_jwk, is_active)
    VALUES (
        add_signing_key.kid, add_signing_key.algorithm, add_signing_key.private_key, add_signing_key.public_key,
        add_signing_key.public_jwk, true);
    PERFORM pg_notify('pgserver', 'keys');
END;
$$;
COMMENT ON FUNCTION api.add_signing_key(text, text, text, text, jsonb) IS 'Adds a key and makes it the active one.';
GRANT EXECUTE ON FUNCTION api.add_signing_key(text, text, text, text, jsonb) TO pgserver;
