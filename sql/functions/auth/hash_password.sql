-- The bcrypt hash of a password, at the cost that is set.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.hash_password(password text)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN ext.crypt(
        hash_password.password, ext.gen_salt('bf', core.setting_integer('auth.bcrypt_cost')::integer));
END;
$$;
COMMENT ON FUNCTION auth.hash_password(text) IS 'The bcrypt hash of a password, at the cost that is set.';
