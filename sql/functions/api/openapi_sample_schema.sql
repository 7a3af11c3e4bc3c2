-- Derives a JSON Schema from two renderings of one template: with every section, and with those always present.
-- A member that only the fuller one has is optional. The string "${name}" stands for whatever that slot may hold,
-- a thing of its own for a constant.
CREATE OR REPLACE FUNCTION api.openapi_sample_schema(fullest jsonb, barest jsonb, slot_schemas jsonb)
RETURNS jsonb LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    CASE jsonb_typeof(fullest)
    WHEN 'object' THEN
        RETURN jsonb_build_object('type', 'object') || jsonb_strip_nulls(jsonb_build_object(
            'properties', (
                SELECT jsonb_object_agg(
                    m.key,
                    api.openapi_sample_schema(m.value, coalesce(barest -> m.key, m.value), slot_schemas))
                FROM jsonb_each(fullest) AS m),
            'required', (
                SELECT jsonb_agg(k.key ORDER BY k.key COLLATE "C")
                FROM jsonb_object_keys(fullest) AS k (key)
                WHERE barest ? k.key)));
    WHEN 'array' THEN
        RETURN jsonb_strip_nulls(jsonb_build_object(
            'type', 'array',
            'items', api.openapi_sample_schema(fullest -> 0, coalesce(barest -> 0, fullest -> 0), slot_schemas)));
    WHEN 'string' THEN
        RETURN coalesce(
            slot_schemas -> substring(fullest #>> '{}' FROM '^\$\{([a-z_]+)\}$'),
            jsonb_build_object('type', 'string', 'const', fullest));
    WHEN 'null' THEN
        RETURN '{"type": "null"}';
    ELSE
        RETURN jsonb_build_object('type', jsonb_typeof(fullest), 'const', fullest);
    END CASE;
END;
$$;
COMMENT ON FUNCTION api.openapi_sample_schema(jsonb, jsonb, jsonb) IS
    'Derives a JSON Schema from a template rendered with and without its optional sections.';
