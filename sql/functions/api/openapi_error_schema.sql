-- Requires: functions/api/openapi_slot_schemas.sql
-- Requires: functions/api/openapi_template_schema.sql
-- Derives the schema of a dialect's errors, a row of api.catalog_dialects(), from the templates that print them.
CREATE OR REPLACE FUNCTION api.openapi_error_schema(dialect jsonb)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    WITH faults AS (
        SELECT CASE
            WHEN openapi_error_schema.dialect ->> 'fault_template' <> '' THEN api.openapi_template_schema(
                openapi_error_schema.dialect ->> 'fault_template',
                api.openapi_slot_schemas() - 'hint',
                ARRAY['field', 'code', 'message'])
            ELSE '{}'::jsonb
        END AS schema
    )
    SELECT api.openapi_template_schema(
        openapi_error_schema.dialect ->> 'error_template',
        jsonb_build_object('faults', faults.schema) || (
            SELECT jsonb_object_agg(s.key, s.value)
            FROM jsonb_each(api.openapi_slot_schemas()) AS s
            WHERE s.key IN ('status', 'code', 'message', 'hint', 'request_id', 'timestamp', 'retry_after',
                'first_field', 'first_code', 'first_message')),
        ARRAY['status', 'code', 'message', 'request_id', 'timestamp'])
    FROM faults;
END;
COMMENT ON FUNCTION api.openapi_error_schema(jsonb) IS
    'Derives the schema of a dialect''s errors from the templates that print them.';
