-- Requires: functions/data/coercion_steps.sql
-- Requires: functions/data/record_data_type.sql
-- What is wrong with the fields of a mapping, each named with its place.
--
-- Role:    pgserver_owner
-- Takes:   known: the fields of what is fed, [{field, data_type, is_required}]; NULL: a kind of record that the fields
--          declare. mapped: fields that are mapped already and stay so.
-- Returns: the faults; NULL for none
CREATE OR REPLACE FUNCTION data.mapping_faults(
    source_columns jsonb, known jsonb, fields jsonb, mapped text[] DEFAULT '{}')
RETURNS api.fault[] LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    WITH source AS (
        SELECT s.entry ->> 'column' AS name, s.entry ->> 'type' AS type
        FROM jsonb_array_elements(mapping_faults.source_columns) AS s (entry)
    ), given AS (
        SELECT
            f.entry, format('fields[%s]', f.position - 1) AS path, f.entry ->> 'canonical_field' AS field,
            f.entry ->> 'vendor_field' AS vendor_field
        FROM jsonb_array_elements(mapping_faults.fields) WITH ORDINALITY AS f (entry, position)
    ), target AS (
        SELECT k.entry ->> 'field' AS field, k.entry ->> 'data_type' AS data_type,
            COALESCE((k.entry ->> 'is_required')::boolean, false) AS is_required
        FROM jsonb_array_elements(mapping_faults.known) AS k (entry)
    )
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    FROM (
        SELECT g.path || '.canonical_field' AS field, 'not_found' AS code, 'The entity has no such field.' AS message
        FROM given AS g
        WHERE mapping_faults.known IS NOT NULL AND NOT EXISTS (SELECT FROM target AS t WHERE t.field = g.field)
        UNION ALL
        SELECT g.path || '.canonical_field', 'invalid_value',
            'A field is lower-case letters, digits and underscores, 63 at most.'
        FROM given AS g
        WHERE mapping_faults.known IS NULL AND (g.field ~ '^[a-z][a-z0-9_]{0,62}$') IS NOT TRUE
        UNION ALL
        SELECT g.path || '.vendor_field', 'not_found', 'The relation has no such column.'
        FROM given AS g
        WHERE NOT EXISTS (SELECT FROM source AS s WHERE s.name = g.vendor_field)
        UNION ALL
        SELECT g.path || '.data_type', 'invalid_value', 'Use text, numeric, boolean, date, timestamptz or json.'
        FROM given AS g
        WHERE g.entry ->> 'data_type' <> ALL (ARRAY['text', 'numeric', 'boolean', 'date', 'timestamptz', 'json'])
            AND mapping_faults.known IS NULL
        UNION ALL
        SELECT g.path || '.data_type', 'invalid_value', format('The field has the type %s.', t.data_type)
        FROM given AS g
        JOIN target AS t ON t.field = g.field
        WHERE g.entry ->> 'data_type' <> t.data_type
        UNION ALL
        SELECT g.path || '.coercion', 'invalid_value', 'There is no such coercion.'
        FROM given AS g
        WHERE jsonb_typeof(g.entry -> 'coercion') <> 'null' AND data.coercion_steps(g.entry -> 'coercion') IS NULL
        UNION ALL
        SELECT g.path || '.coercion', 'not_found', format('The relation has no column %s to join.', c.name)
        FROM given AS g
        CROSS JOIN LATERAL jsonb_array_elements_text(
            data.coercion_steps(g.entry -> 'coercion') #> '{0,concat}') AS c (name)
        WHERE NOT EXISTS (SELECT FROM source AS s WHERE s.name = c.name)
        UNION ALL
        SELECT g.path || '.confidence', 'invalid_value', 'A confidence is a number from 0 to 1.'
        FROM given AS g
        WHERE CASE jsonb_typeof(g.entry -> 'confidence')
            WHEN 'number' THEN (g.entry ->> 'confidence')::numeric NOT BETWEEN 0 AND 1
            ELSE g.entry ? 'confidence'
        END
        UNION ALL
        SELECT 'fields', 'duplicate', format('The field %s is mapped twice.', g.field)
        FROM given AS g
        GROUP BY g.field
        HAVING count(*) > 1
        UNION ALL
        SELECT 'fields', 'required', format('The field %s must be mapped.', t.field)
        FROM target AS t
        WHERE t.is_required AND t.field <> ALL (mapping_faults.mapped)
            AND NOT EXISTS (SELECT FROM given AS g WHERE g.field = t.field)
    ) AS f;
END;
COMMENT ON FUNCTION data.mapping_faults(jsonb, jsonb, jsonb, text[]) IS 'What is wrong with the fields of a mapping.';
