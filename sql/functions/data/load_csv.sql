-- Requires: functions/data/csv_rows.sql
-- Requires: functions/data/store_source_rows.sql
-- Requires: functions/data/unique_names.sql
-- Loads a piece of a CSV file, whose first row is the header.
--
-- Role:    pgserver_owner, for data.load_file
-- Returns: the file, with its counts and what the next piece needs
CREATE OR REPLACE FUNCTION data.load_csv(file data.source_files, block text, is_last boolean)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_column_count_max CONSTANT int := 2000;
    v_not_decoded      CONSTANT text := E'\uFDD3';
    v_header    bigint := 0;
    v_names     text[];
    v_count     int;
    v_contents  jsonb[];
    v_bad_lines data.source_line[];
    v_rest      text;
    v_rest_line bigint;
BEGIN
    IF file.columns IS NULL THEN
        SELECT l.n, l.fields
        INTO v_header, v_names
        FROM data.csv_rows(load_csv.block, file.delimiter, load_csv.is_last) AS l
        WHERE l.n > 0 AND l.fields IS NOT NULL
        ORDER BY l.n
        LIMIT 1;
        file.columns := data.unique_names(v_names);
        IF cardinality(file.columns) > v_column_count_max THEN
            file.error_code := 'too_many_columns';
            file.error := format('The header has %s fields; at most %s can be read.', cardinality(file.columns), v_column_count_max);
            RETURN file;
        END IF;
    END IF;
    v_count := COALESCE(cardinality(file.columns), 0);
    SELECT
        array_agg(jsonb_object(file.columns, j.fields) ORDER BY j.n) FILTER (WHERE j.n > v_header AND j.reason IS NULL),
        array_agg(
            (j.n, file.line_count + j.line_no, NULL, j.reason, replace(j.line, v_not_decoded, ''))::data.source_line
            ORDER BY j.n) FILTER (WHERE j.n > 0 AND j.n IS DISTINCT FROM v_header AND j.reason IS NOT NULL),
        max(j.line) FILTER (WHERE j.n = 0),
        max(j.line_no) FILTER (WHERE j.n = 0)
    INTO v_contents, v_bad_lines, v_rest, v_rest_line
    FROM (
        SELECT
            l.n, l.line_no, l.fields, l.line,
            CASE
                WHEN strpos(l.line, v_not_decoded) > 0 THEN 'The line is not encoded as the file is.'
                WHEN l.reason IS NOT NULL THEN l.reason
                WHEN cardinality(l.fields) <> v_count
                    THEN format('The line has %s fields, the header %s.', cardinality(l.fields), v_count)
            END AS reason
        FROM data.csv_rows(load_csv.block, file.delimiter, load_csv.is_last) AS l
    ) AS j;
    file := data.store_source_rows(file, v_contents, v_bad_lines);
    file.line_count := file.line_count + CASE
        WHEN v_rest_line IS NOT NULL THEN v_rest_line - 1
        ELSE 1 + char_length(load_csv.block) - char_length(replace(load_csv.block, E'\n', ''))
            - CASE WHEN right(load_csv.block, 1) = E'\n' THEN 1 ELSE 0 END
    END;
    file.carry_text := COALESCE(v_rest, '');
    RETURN file;
END;
$$;
COMMENT ON FUNCTION data.load_csv(data.source_files, text, boolean) IS 'Loads a piece of a CSV file.';
