-- What separates the fields of a CSV file: of comma, semicolon, tab and bar the one that stands equally often in most
-- of its first lines, then the most frequent; comma if there is none. What stands in quotes is not looked at.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.detect_delimiter(sample text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN COALESCE((
    WITH lines AS (
        SELECT l.line, l.n
        FROM string_to_table(
            regexp_replace(left(detect_delimiter.sample, 65536), '"[^"]*"', '', 'g'), E'\n') WITH ORDINALITY AS l (line, n)
        WHERE btrim(l.line) <> ''
        ORDER BY l.n
        LIMIT 20
    ), counted AS (
        SELECT
            d.delimiter, d.rank, l.n,
            char_length(l.line) - char_length(replace(l.line, d.delimiter, '')) AS count,
            first_value(char_length(l.line) - char_length(replace(l.line, d.delimiter, '')))
                OVER (PARTITION BY d.delimiter ORDER BY l.n) AS header_count
        FROM lines AS l
        CROSS JOIN (VALUES (',', 1), (';', 2), (E'\t', 3), ('|', 4)) AS d (delimiter, rank)
    )
    SELECT c.delimiter
    FROM counted AS c
    WHERE c.header_count > 0
    GROUP BY c.delimiter, c.rank, c.header_count
    ORDER BY count(*) FILTER (WHERE c.count = c.header_count) DESC, c.header_count DESC, c.rank
    LIMIT 1), ',');
COMMENT ON FUNCTION data.detect_delimiter(text) IS 'What separates the fields of a CSV file.';
