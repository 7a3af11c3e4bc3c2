-- What makes a difference between two looks at a source: names, types, nullability and keys.
--
-- Role:    pgserver_owner
-- Returns: SHA-256, the same whatever the order of relations and columns
CREATE OR REPLACE FUNCTION data.schema_fingerprint(relations jsonb)
RETURNS bytea LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT sha256(convert_to(COALESCE(jsonb_agg(jsonb_build_array(
        r.entry -> 'relation', r.entry -> 'key_columns', (
            SELECT jsonb_agg(
                jsonb_build_array(c.entry -> 'column', c.entry -> 'type', c.entry -> 'is_nullable')
                ORDER BY c.entry ->> 'column')
            FROM jsonb_array_elements(r.entry -> 'columns') AS c (entry)
        )) ORDER BY r.entry ->> 'relation'), '[]')::text, 'UTF8'))
    FROM jsonb_array_elements(schema_fingerprint.relations) AS r (entry)
);
COMMENT ON FUNCTION data.schema_fingerprint(jsonb) IS 'What makes a difference between two looks at a source.';
