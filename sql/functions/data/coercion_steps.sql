-- A coercion as a mapping states it (a name, a map, or a list of both), as the array that data.coerce takes.
--
-- Role:    pgserver_owner
-- Returns: the array; NULL for no coercion, and for one that data.coerce would not understand
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
        AND NOT EXISTS (
            SELECT
            FROM jsonb_array_elements(c.steps) AS s (step)
            WHERE CASE jsonb_typeof(s.step)
                WHEN 'string' THEN s.step #>> '{}' NOT IN (
                    'trim', 'lowercase', 'uppercase', 'number', 'integer', 'currency', 'percent', 'date', 'timestamp',
                    'boolean'
                )
                WHEN 'object' THEN EXISTS (
                    SELECT FROM jsonb_each(s.step) AS m WHERE jsonb_typeof(m.value) <> 'string'
                )
                ELSE true
            END
        )
);
COMMENT ON FUNCTION data.coercion_steps(jsonb) IS 'A coercion as the array that data.coerce takes.';
