-- Requires: functions/data/json_lines.sql
-- Requires: functions/data/store_source_rows.sql
-- Loads a piece of NDJSON, or a whole JSON array. What is no object becomes no row.
--
-- Role:    pgserver_owner, for data.load_file
-- Returns: the file, with its counts and what the next piece needs
CREATE OR REPLACE FUNCTION data.load_json(file data.source_files, block text, is_last boolean)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_column_count_max CONSTANT int := 2000;
    v_whole     text := load_json.block;
    v_contents  jsonb[];
    v_bad_lines data.source_line[];
    v_columns   text[];
    v_message   text;
BEGIN
    IF file.format = 'json' THEN
        BEGIN
            SELECT
                array_agg(e.content ORDER BY e.n) FILTER (WHERE jsonb_typeof(e.content) = 'object'),
                array_agg(
                    (e.n, e.n, NULL, 'The element is no object.', e.content::text)::data.source_line ORDER BY e.n)
                    FILTER (WHERE jsonb_typeof(e.content) <> 'object'),
                count(*)
            INTO v_contents, v_bad_lines, file.line_count
            FROM (
                SELECT j.element::jsonb AS content, j.n
                FROM json_array_elements(v_whole::json) WITH ORDINALITY AS j (element, n)
            ) AS e;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT;
            file.error_code := 'malformed_json';
            file.error := format('The file is no JSON array: %s.', v_message);
            RETURN file;
        END;
        file.carry_text := '';
    ELSE
        IF NOT load_json.is_last THEN
            v_whole := left(v_whole, char_length(v_whole) - CASE WHEN strpos(v_whole, E'\n') = 0
                THEN char_length(v_whole) ELSE strpos(reverse(v_whole), E'\n') - 1 END);
        END IF;
        file.carry_text := right(load_json.block, char_length(load_json.block) - char_length(v_whole));
        SELECT
            array_agg(l.content ORDER BY l.n) FILTER (WHERE jsonb_typeof(l.content) = 'object'),
            array_agg((
                l.n, file.line_count + l.n, NULL, CASE
                    WHEN strpos(l.line, E'\uFDD3') > 0 THEN 'The line is not encoded as the file is.'
                    WHEN l.content IS NULL THEN 'The line is no JSON.'
                    ELSE 'The line is no object.' END,
                replace(l.line, E'\uFDD3', ''))::data.source_line ORDER BY l.n)
                FILTER (WHERE jsonb_typeof(l.content) IS DISTINCT FROM 'object')
        INTO v_contents, v_bad_lines
        FROM data.json_lines(v_whole) AS l;
        file.line_count := file.line_count + char_length(v_whole) - char_length(replace(v_whole, E'\n', ''))
            + CASE WHEN load_json.is_last AND v_whole <> '' AND right(v_whole, 1) <> E'\n' THEN 1 ELSE 0 END;
    END IF;

    SELECT array_agg(k.name ORDER BY k.n, k.at)
    INTO v_columns
    FROM (
        SELECT o.name, min(c.n) AS n, min(o.at) AS at
        FROM unnest(v_contents) WITH ORDINALITY AS c (content, n)
        CROSS JOIN LATERAL jsonb_object_keys(c.content) WITH ORDINALITY AS o (name, at)
        WHERE o.name <> ALL (COALESCE(file.columns, '{}'))
        GROUP BY o.name
    ) AS k;
    file.columns := (COALESCE(file.columns, '{}') || COALESCE(v_columns, '{}'))[:v_column_count_max];
    RETURN data.store_source_rows(file, v_contents, v_bad_lines);
END;
$$;
COMMENT ON FUNCTION data.load_json(data.source_files, text, boolean) IS 'Loads a piece of NDJSON, or a whole JSON array.';
