-- A coercion as a mapping states it (a step, or a list of steps), as a list of at most 8.
--
--   "trim" "lowercase" "uppercase" "number" "integer" "currency" "percent" "boolean" "date" "timestamp"
--   {"date": "DD/MM/YYYY"}  {"timestamp": "DD.MM.YYYY HH24:MI"}    a pattern of PostgreSQL's to_timestamp
--   {"enum": {"a": "b", "*": "z"}}, and the map alone              replaces what it names, and with "*" all the rest
--   {"concat": ["city", "country"], "separator": ", "}             first step only: the field, then those of its row
--   {"split": {"separator": " ", "part": 1}}                       a part, from 1; negative ones count from the end
--
-- A map alone that names one of the words date, timestamp, enum, concat or split has to be written as an enum.
--
-- Role:    pgserver_owner
-- Returns: the list; NULL for no coercion, and for one that is not of these
CREATE OR REPLACE FUNCTION data.coercion_steps(coercion jsonb)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT c.steps
    FROM (
        SELECT CASE jsonb_typeof(coercion_steps.coercion)
            WHEN 'array' THEN coercion_steps.coercion
            ELSE jsonb_build_array(coercion_steps.coercion)
        END AS steps
    ) AS c
    WHERE jsonb_array_length(c.steps) BETWEEN 1 AND 8
        AND pg_column_size(c.steps) <= 65536
        AND NOT EXISTS (
            SELECT
            FROM jsonb_array_elements(c.steps) WITH ORDINALITY AS s (step, position)
            WHERE CASE
                WHEN jsonb_typeof(s.step) = 'string' THEN s.step #>> '{}' NOT IN (
                    'trim', 'lowercase', 'uppercase', 'number', 'integer', 'currency', 'percent', 'date', 'timestamp',
                    'boolean'
                )
                WHEN jsonb_typeof(s.step) <> 'object' OR s.step = '{}' THEN true
                WHEN s.step ? 'date' OR s.step ? 'timestamp' THEN
                    s.step - ARRAY['date', 'timestamp'] <> '{}' OR s.step ?& ARRAY['date', 'timestamp']
                    OR NOT COALESCE(s.step ->> 'date', s.step ->> 'timestamp') ~ '^[A-Za-z0-9 ./:,"-]{2,60}$'
                WHEN s.step ? 'enum' THEN
                    s.step - 'enum' <> '{}' OR jsonb_typeof(s.step -> 'enum') <> 'object' OR s.step -> 'enum' = '{}'
                    OR s.step @@ 'exists($.enum.* ? (@.type() <> "string"))'
                WHEN s.step ? 'concat' THEN
                    s.position > 1
                    OR s.step - ARRAY['concat', 'separator'] <> '{}'
                    OR jsonb_typeof(s.step -> 'concat') <> 'array'
                    OR s.step @@ '$.concat.size() < 1' OR s.step @@ '$.concat.size() > 8'
                    OR s.step @@ 'exists($.concat[*] ? (@.type() <> "string"))'
                    OR s.step ? 'separator' AND jsonb_typeof(s.step -> 'separator') <> 'string'
                    OR char_length(COALESCE(s.step ->> 'separator', '')) > 20
                WHEN s.step ? 'split' THEN
                    s.step - 'split' <> '{}'
                    OR jsonb_typeof(s.step -> 'split') <> 'object'
                    OR (s.step -> 'split') - ARRAY['separator', 'part'] <> '{}'
                    OR NOT s.step @@ '$.split.separator.type() == "string"'
                    OR char_length(s.step #>> '{split,separator}') NOT BETWEEN 1 AND 20
                    OR NOT s.step #>> '{split,part}' ~ '^-?[1-9][0-9]?$'
                    OR NOT s.step @@ '$.split.part.type() == "number"'
                ELSE s.step @@ 'exists($.* ? (@.type() <> "string"))'
            END IS NOT FALSE
        )
);
COMMENT ON FUNCTION data.coercion_steps(jsonb) IS 'A coercion as a list of steps.';
