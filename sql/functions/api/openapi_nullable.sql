-- Lets a JSON Schema accept null as well.
CREATE OR REPLACE FUNCTION api.openapi_nullable(schema jsonb, is_nullable boolean)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN openapi_nullable.is_nullable IS NOT TRUE OR NOT openapi_nullable.schema ? 'type' THEN openapi_nullable.schema
    ELSE openapi_nullable.schema
        || jsonb_build_object('type', (openapi_nullable.schema -> 'type') || '"null"'::jsonb)
        || CASE
            WHEN openapi_nullable.schema ? 'enum'
            THEN jsonb_build_object('enum', (openapi_nullable.schema -> 'enum') || '[null]'::jsonb)
            ELSE '{}'::jsonb
        END
END;
COMMENT ON FUNCTION api.openapi_nullable(jsonb, boolean) IS 'Lets a JSON Schema accept null as well.';
