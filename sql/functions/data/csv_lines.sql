-- The rows of a piece of a CSV file, line by line: for pieces with quotes that stand where none may, and quotes that are
-- never closed. Such a line is told with the reason, and what follows it is read as if it had not been there.
--
-- Role:    pgserver_owner
-- Returns: the rows, and the beginning of a row at the end as the line of n 0
CREATE OR REPLACE FUNCTION data.csv_lines(block text, delimiter text, is_last boolean)
RETURNS SETOF data.source_line LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_line_count_max CONSTANT int  := 100;
    v_length_max     CONSTANT int  := 65536;
    v_between        CONSTANT text := '[' || csv_lines.delimiter || ']';
    v_quoted         CONSTANT text := '"(?:[^"]|"")*"';
    v_field          CONSTANT text := format('(?:%s|[^"%s][^%s]*|)', v_quoted, csv_lines.delimiter, csv_lines.delimiter);
    v_whole          CONSTANT text := format('^%s(?:%s%s)*$', v_field, v_between, v_field);
    v_open           CONSTANT text := format('^(?:%s%s)*"(?:[^"]|"")*$', v_field, v_between);
    v_lines          CONSTANT text[] := string_to_array(csv_lines.block, E'\n');
    v_count          CONSTANT int := cardinality(v_lines) - CASE WHEN csv_lines.is_last THEN 0 ELSE 1 END;
    v_row  data.source_line;
    v_text text;
    v_from int := 1;
    v_to   int;
BEGIN
    v_row.n := 0;
    WHILE v_from <= v_count LOOP
        v_to := v_from;
        v_text := v_lines[v_from];
        v_row.reason := NULL;
        WHILE strpos(v_text, '"') > 0 AND rtrim(v_text, E'\r') !~ v_whole LOOP
            IF rtrim(v_text, E'\r') !~ v_open THEN
                v_row.reason := 'A quote stands where none may.';
                EXIT;
            ELSIF v_to - v_from >= v_line_count_max OR char_length(v_text) > v_length_max
                OR v_to = v_count AND csv_lines.is_last
            THEN
                v_row.reason := 'A quote is not closed.';
                EXIT;
            ELSIF v_to = v_count THEN
                -- The rest may close it.
                RETURN NEXT (0, v_from, NULL, NULL, array_to_string(v_lines[v_from:], E'\n'))::data.source_line;
                RETURN;
            END IF;
            v_to := v_to + 1;
            v_text := v_text || E'\n' || v_lines[v_to];
        END LOOP;
        IF v_row.reason IS NOT NULL THEN
            v_to := v_from;
            v_text := v_lines[v_from];
        END IF;
        v_row.n := v_row.n + 1;
        v_row.line_no := v_from;
        v_row.line := rtrim(v_text, E'\r');
        v_row.fields := CASE
            WHEN v_row.reason IS NOT NULL THEN NULL
            WHEN strpos(v_row.line, '"') = 0 THEN string_to_array(v_row.line, csv_lines.delimiter, '')
            ELSE (
                SELECT array_agg(
                    CASE WHEN m.field[1] LIKE '"%'
                        THEN replace(substr(m.field[1], 2, char_length(m.field[1]) - 2), '""', '"')
                        ELSE nullif(m.field[1], '') END
                    ORDER BY m.n)
                FROM regexp_matches(v_row.line || csv_lines.delimiter, format('(%s)%s', v_field, v_between), 'g')
                    WITH ORDINALITY AS m (field, n))
        END;
        IF v_row.line <> '' THEN
            RETURN NEXT v_row;
        END IF;
        v_from := v_to + 1;
    END LOOP;
    IF NOT csv_lines.is_last THEN
        RETURN NEXT (0, v_from, NULL, NULL, v_lines[v_from])::data.source_line;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.csv_lines(text, text, boolean) IS 'The rows of a piece of a CSV file, line by line.';
