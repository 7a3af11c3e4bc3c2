-- Requires: functions/data/csv_lines.sql
-- The rows of a piece of a CSV file, all at once: what stands between quotes is told from what stands outside by taking
-- the piece apart at its quotes. Where quotes are not as they should be, data.csv_lines reads it.
--
-- An empty field is NULL, and the empty text if it is quoted. Lines without anything are no rows.
--
-- Role:    pgserver_owner
-- Returns: the rows with the place of each line in the piece, counted from 1, and the beginning of a row at the end, whose
--          end is in the next piece, as the line of n 0
CREATE OR REPLACE FUNCTION data.csv_rows(block text, delimiter text, is_last boolean)
RETURNS SETOF data.source_line LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_row_length_max CONSTANT int  := 1048576;
    v_row_end        CONSTANT text := E'\uFDD0';
    v_field_end      CONSTANT text := E'\uFDD1';
    v_empty          CONSTANT text := E'\uFDD2';
    v_parts      text[];
    v_part_count int;
    v_rest       text := '';
    v_rest_count int;
    v_last       int;
    v_is_wrong   boolean;
    v_joined     text;
BEGIN
    IF strpos(csv_rows.block, '"') = 0 THEN
        IF NOT csv_rows.is_last THEN
            v_rest_count := CASE WHEN strpos(csv_rows.block, E'\n') = 0 THEN char_length(csv_rows.block)
                ELSE strpos(reverse(csv_rows.block), E'\n') - 1 END;
            v_rest := right(csv_rows.block, v_rest_count);
        END IF;
        v_joined := left(csv_rows.block, char_length(csv_rows.block) - char_length(v_rest));
        RETURN QUERY
        SELECT l.n, l.n, string_to_array(r.line, csv_rows.delimiter, ''), NULL::text, r.line
        FROM string_to_table(v_joined, E'\n') WITH ORDINALITY AS l (line, n)
        CROSS JOIN LATERAL (SELECT rtrim(l.line, E'\r')) AS r (line)
        WHERE r.line <> '';
        IF NOT csv_rows.is_last THEN
            RETURN NEXT (0, 1 + char_length(v_joined) - char_length(replace(v_joined, E'\n', '')), NULL, NULL, v_rest)::data.source_line;
        END IF;
        RETURN;
    END IF;

    v_parts := string_to_array(csv_rows.block, '"');
    v_part_count := cardinality(v_parts);
    IF csv_rows.is_last THEN
        v_is_wrong := v_part_count % 2 = 0;
    ELSE
        -- All behind the last end of a line outside of quotes is left for the next piece.
        SELECT p.n, strpos(reverse(p.part), E'\n') - 1
        INTO v_last, v_rest_count
        FROM unnest(v_parts) WITH ORDINALITY AS p (part, n)
        WHERE p.n % 2 = 1 AND strpos(p.part, E'\n') > 0
        ORDER BY p.n DESC
        LIMIT 1;
        IF v_last IS NULL THEN
            v_rest := csv_rows.block;
            v_parts := '{}';
        ELSE
            v_rest := right(v_parts[v_last], v_rest_count);
            IF v_last < v_part_count THEN
                v_rest := v_rest || '"' || array_to_string(v_parts[v_last + 1:], '"');
            END IF;
            v_parts := v_parts[:v_last - 1] || left(v_parts[v_last], char_length(v_parts[v_last]) - v_rest_count);
        END IF;
        v_is_wrong := char_length(v_rest) > v_row_length_max;
        v_part_count := cardinality(v_parts);
    END IF;

    IF NOT v_is_wrong THEN
        SELECT
            bool_or(
                p.n % 2 = 1 AND p.part <> '' AND (
                    p.n < v_part_count AND right(p.part, 1) NOT IN (csv_rows.delimiter, E'\n')
                    OR p.n > 1 AND left(p.part, 1) NOT IN (csv_rows.delimiter, E'\n') AND left(p.part, 2) <> E'\r\n'
                        AND NOT (p.part = E'\r' AND p.n = v_part_count))),
            string_agg(
                CASE
                    WHEN p.n % 2 = 0 AND p.part = '' AND (p.before <> '' OR p.n = 2)
                        AND (p.behind <> '' OR p.n + 1 = v_part_count) THEN v_empty
                    WHEN p.n % 2 = 0 THEN p.part
                    WHEN p.part = '' AND p.n BETWEEN 2 AND v_part_count - 1 THEN '"'
                    ELSE replace(replace(replace(p.part, E'\r\n', v_row_end), E'\n', v_row_end), csv_rows.delimiter, v_field_end)
                END, '' ORDER BY p.n)
        INTO v_is_wrong, v_joined
        FROM (
            SELECT s.n, s.part, lag(s.part) OVER (ORDER BY s.n) AS before, lead(s.part) OVER (ORDER BY s.n) AS behind
            FROM unnest(v_parts) WITH ORDINALITY AS s (part, n)
        ) AS p;
    END IF;
    IF v_is_wrong THEN
        RETURN QUERY SELECT l.* FROM data.csv_lines(csv_rows.block, csv_rows.delimiter, csv_rows.is_last) AS l;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        r.n,
        r.n + COALESCE(sum(r.line_count) OVER (ORDER BY r.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint,
        CASE WHEN strpos(r.line, v_empty) > 0
            THEN array_replace(string_to_array(r.line, v_field_end, ''), v_empty, '')
            ELSE string_to_array(r.line, v_field_end, '') END,
        NULL::text,
        replace(replace(r.line, v_field_end, csv_rows.delimiter), v_empty, '""')
    FROM (
        SELECT
            l.n, rtrim(l.line, E'\r') AS line,
            CASE WHEN strpos(l.line, E'\n') > 0 THEN char_length(l.line) - char_length(replace(l.line, E'\n', '')) ELSE 0 END
                AS line_count
        FROM string_to_table(v_joined, v_row_end) WITH ORDINALITY AS l (line, n)
    ) AS r
    WHERE r.line <> '';
    IF NOT csv_rows.is_last THEN
        RETURN NEXT (
            0, 1 + char_length(csv_rows.block) - char_length(replace(csv_rows.block, E'\n', ''))
                - (char_length(v_rest) - char_length(replace(v_rest, E'\n', ''))),
            NULL, NULL, v_rest)::data.source_line;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.csv_rows(text, text, boolean) IS 'The rows of a piece of a CSV file, all at once.';
