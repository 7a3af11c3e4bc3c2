-- Requires: functions/data/parse_json.sql
-- The lines of a piece of NDJSON that are not empty. A piece that is all right is read at once, another line by line.
--
-- Role:    pgserver_owner
-- Returns: the place of each line in the piece, counted from 1, and its JSON; NULL if it is none
CREATE OR REPLACE FUNCTION data.json_lines(block text)
RETURNS TABLE (n bigint, line text, content jsonb) LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT l.n, l.line, l.line::jsonb
    FROM string_to_table(json_lines.block, E'\n') WITH ORDINALITY AS l (line, n)
    WHERE btrim(l.line, E' \t\r') <> '';
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN QUERY
    SELECT l.n, l.line, data.parse_json(l.line)
    FROM string_to_table(json_lines.block, E'\n') WITH ORDINALITY AS l (line, n)
    WHERE btrim(l.line, E' \t\r') <> '';
END;
$$;
COMMENT ON FUNCTION data.json_lines(text) IS 'The lines of a piece of NDJSON.';
