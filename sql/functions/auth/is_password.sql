-- Whether a password is the user's. An unknown user, one who has no password and a password that is too long for
-- bcrypt cost the same time as a wrong password, so that the answer's time says nothing.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.is_password(user_id uuid, password text)
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_byte_count_max CONSTANT integer := 72;
    v_cost           CONSTANT text := lpad(core.setting('auth.bcrypt_cost'), 2, '0');
    v_hash           text;
BEGIN
    SELECT p.password_hash INTO v_hash FROM auth.passwords AS p WHERE p.user_id = is_password.user_id;
    IF v_hash IS NULL OR octet_length(is_password.password) > v_byte_count_max THEN
        PERFORM auth.hash_password(left(is_password.password, v_byte_count_max));
        RETURN false;
    ELSIF ext.crypt(is_password.password, v_hash) <> v_hash THEN
        RETURN false;
    END IF;
    IF substr(v_hash, 5, 2) <> v_cost THEN
        UPDATE auth.passwords AS p SET password_hash = auth.hash_password(is_password.password)
        WHERE p.user_id = is_password.user_id;
    END IF;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION auth.is_password(uuid, text) IS 'Whether a password is the user''s.';
