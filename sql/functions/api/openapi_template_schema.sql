-- Requires: functions/api/openapi_render.sql
-- Requires: functions/api/openapi_sample_schema.sql
-- Derives the JSON Schema of everything a template can print.
--
-- slot_schemas: what each slot that can have a value may hold; a slot that is missing here never has one.
-- certain:      the slots that always have a value; a section of any other slot is optional.
-- literals:     slots printed as they are, such as the name of a list.
CREATE OR REPLACE FUNCTION api.openapi_template_schema(
    template     text,
    slot_schemas jsonb,
    certain      text[],
    literals     jsonb DEFAULT '{}'
)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    WITH slots AS (
        SELECT
            coalesce(jsonb_object_agg(s.name, '${' || s.name || '}'), '{}')
                || openapi_template_schema.literals AS fullest,
            coalesce(
                jsonb_object_agg(s.name, '${' || s.name || '}')
                    FILTER (WHERE s.name = ANY (openapi_template_schema.certain)),
                '{}') || openapi_template_schema.literals AS barest
        FROM jsonb_object_keys(openapi_template_schema.slot_schemas) AS s (name)
    )
    SELECT api.openapi_sample_schema(
        api.openapi_render(openapi_template_schema.template, slots.fullest)::jsonb,
        api.openapi_render(openapi_template_schema.template, slots.barest)::jsonb,
        openapi_template_schema.slot_schemas)
    FROM slots;
END;
COMMENT ON FUNCTION api.openapi_template_schema(text, jsonb, text[], jsonb) IS
    'Derives the JSON Schema of everything a template can print.';
