-- A line of UTF-8. One that is not UTF-8 is read byte by byte, behind the mark U+FDD3, which no text holds.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.decode_line(line bytea)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN convert_from(decode_line.line, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire THEN
    RETURN E'\uFDD3' || convert_from(decode_line.line, 'LATIN1');
END;
$$;
COMMENT ON FUNCTION data.decode_line(bytea) IS 'A line of UTF-8, or marked as none.';
