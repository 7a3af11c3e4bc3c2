-- What is wrong with a password that somebody wants to have. bcrypt reads no more than 72 bytes, so a longer one
-- would be two passwords at once.
--
-- Role:    nobody; part of definer functions
-- Returns: the fault, or NULL
CREATE OR REPLACE FUNCTION auth.password_fault(password text)
RETURNS api.fault LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_length_min     CONSTANT integer := 8;
    v_byte_count_max CONSTANT integer := 72;
    v_byte_count     CONSTANT integer := octet_length(password_fault.password);
BEGIN
    IF v_byte_count IS NULL OR length(password_fault.password) < v_length_min THEN
        RETURN ('password', 'too_short', 'The password must have at least 8 characters.')::api.fault;
    ELSIF v_byte_count > v_byte_count_max THEN
        RETURN ('password', 'too_long', 'The password may have at most 72 bytes.')::api.fault;
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION auth.password_fault(text) IS 'What is wrong with a password that somebody wants to have.';
