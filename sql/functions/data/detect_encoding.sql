-- Requires: functions/data/partial_character.sql
-- How a text is encoded, by its first bytes: a mark at its beginning, zero bytes where UTF-16 has them, or whether they
-- are UTF-8. What is neither is windows-1252, or iso-8859-1 if it holds what the former does not have.
--
-- Role:    pgserver_owner
-- Returns: utf-8, utf-16le, utf-16be, windows-1252 or iso-8859-1; NULL for bytes that are no text
CREATE OR REPLACE FUNCTION data.detect_encoding(bytes bytea)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_looked_at CONSTANT int   := 4096;
    v_zero      CONSTANT bytea := '\x00';
    v_sample    CONSTANT text  := encode(substr(detect_encoding.bytes, 1, v_looked_at), 'hex');
BEGIN
    IF v_sample LIKE 'efbbbf%' THEN
        RETURN 'utf-8';
    ELSIF v_sample LIKE 'fffe%' THEN
        RETURN 'utf-16le';
    ELSIF v_sample LIKE 'feff%' THEN
        RETURN 'utf-16be';
    ELSIF position(v_zero IN detect_encoding.bytes) > 0 THEN
        -- Letters of western languages have a zero in one half; a third of all is proof enough.
        RETURN (
            SELECT CASE
                WHEN count(*) FILTER (WHERE m[2] = '00') * 3 >= count(*) AND count(*) FILTER (WHERE m[1] = '00') * 10 < count(*)
                    THEN 'utf-16le'
                WHEN count(*) FILTER (WHERE m[1] = '00') * 3 >= count(*) AND count(*) FILTER (WHERE m[2] = '00') * 10 < count(*)
                    THEN 'utf-16be'
            END
            FROM regexp_matches(v_sample, '(..)(..)', 'g') AS m);
    END IF;
    BEGIN
        PERFORM convert_from(substr(
            detect_encoding.bytes, 1, octet_length(detect_encoding.bytes) - data.partial_character(detect_encoding.bytes)),
            'UTF8');
        RETURN 'utf-8';
    EXCEPTION WHEN character_not_in_repertoire THEN
        RETURN CASE WHEN encode(detect_encoding.bytes, 'hex') ~ '^(?:..)*(?:81|8d|8f|90|9d)'
            THEN 'iso-8859-1' ELSE 'windows-1252' END;
    END;
END;
$$;
COMMENT ON FUNCTION data.detect_encoding(bytea) IS 'How a text is encoded, by its first bytes.';
