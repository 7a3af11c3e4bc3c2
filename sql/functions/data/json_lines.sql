-- Requires: functions/data/parse_json.sql
-- The lines of a piece of NDJSON that are not empty. A piece that is all right is read at once, another line by line.
--
-- Role:    pgserver_owner
-- Returns: the place of each line in the piece, counted from 1, and its JSON; NULL if it is none
CREATE OR REPLACE FUNCTION data.json_lines(block text)
RETURNS TABLE (n bigint, line text, content jsonb) LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_places   bigint[];
    v_lines    text[];
    v_contents jsonb[];
BEGIN
    SELECT array_agg(l.n ORDER BY l.n), array_agg(l.line ORDER BY l.n)
    INTO v_places, v_lines
    FROM string_to_table(json_lines.block, E'\n') WITH ORDINALITY AS l (line, n)
    WHERE btrim(l.line, E' \t\r') <> '';
    BEGIN
        v_contents := ARRAY(SELECT l.line::jsonb FROM unnest(v_lines) WITH ORDINALITY AS l (line, n) ORDER BY l.n);
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        v_contents := ARRAY(SELECT data.parse_json(l.line) FROM unnest(v_lines) WITH ORDINALITY AS l (line, n) ORDER BY l.n);
    END;
    RETURN QUERY SELECT c.n, c.line, c.content FROM unnest(v_places, v_lines, v_contents) AS c (n, line, content);
END;
$$;
COMMENT ON FUNCTION data.json_lines(text) IS 'The lines of a piece of NDJSON.';
