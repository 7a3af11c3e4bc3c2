-- How many bytes at the end of a piece of UTF-8 are the beginning of a character whose end is not there.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.partial_character(bytes bytea)
RETURNS int LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_count CONSTANT int := octet_length(partial_character.bytes);
    v_byte  int;
BEGIN
    FOR v_back IN 1 .. least(3, v_count) LOOP
        v_byte := get_byte(partial_character.bytes, v_count - v_back);
        IF v_byte < 128 THEN
            RETURN 0;
        ELSIF v_byte >= 192 THEN
            RETURN CASE WHEN v_back < CASE WHEN v_byte >= 240 THEN 4 WHEN v_byte >= 224 THEN 3 ELSE 2 END
                THEN v_back ELSE 0 END;
        END IF;
    END LOOP;
    RETURN 0;
END;
$$;
COMMENT ON FUNCTION data.partial_character(bytea) IS
    'How many bytes at the end of a piece of UTF-8 are the beginning of a character.';
