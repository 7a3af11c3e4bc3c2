-- An object without its nulls, and with the default of each member that a JSON Schema names and the object lacks.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.schema_defaults(schema jsonb, value jsonb)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT COALESCE(jsonb_object_agg(p.key, p.value -> 'default') FILTER (WHERE p.value ? 'default'), '{}')
    FROM jsonb_each(schema_defaults.schema -> 'properties') AS p
) || (
    SELECT COALESCE(jsonb_object_agg(m.key, m.value), '{}')
    FROM jsonb_each(schema_defaults.value) AS m
    WHERE jsonb_typeof(m.value) <> 'null'
);
COMMENT ON FUNCTION data.schema_defaults(jsonb, jsonb) IS 'An object with the defaults of a JSON Schema.';
