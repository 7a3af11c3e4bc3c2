-- Requires: functions/api/openapi_nullable.sql
-- Says in JSON Schema what the server accepts for one parameter, a row of api.catalog_parameters().
CREATE OR REPLACE FUNCTION api.openapi_parameter_schema(parameter jsonb)
RETURNS jsonb LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_kind       CONSTANT text := parameter ->> 'kind';
    -- PostgreSQL cannot store U+0000, so no text that the server accepts holds it.
    v_no_zero    CONSTANT text := '^[^\u0000]*$';
    v_default    CONSTANT text := parameter ->> 'default_text';
    v_pattern    text := parameter ->> 'pattern';
    v_schema     jsonb;
    v_min        numeric := parameter ->> 'minimum';
    v_max        numeric := parameter ->> 'maximum';
    v_min_length int := parameter ->> 'min_length';
    v_max_length CONSTANT int := parameter ->> 'max_length';
BEGIN
    v_schema := CASE v_kind
        WHEN 'text'        THEN '{"type": "string"}'
        WHEN 'int2'        THEN '{"type": "integer"}'
        WHEN 'int4'        THEN '{"type": "integer", "format": "int32"}'
        WHEN 'int8'        THEN '{"type": "integer", "format": "int64"}'
        WHEN 'numeric'     THEN '{"type": "number"}'
        WHEN 'float'       THEN '{"type": "number", "format": "double"}'
        WHEN 'bool'        THEN '{"type": "boolean"}'
        WHEN 'uuid'        THEN '{"type": "string", "format": "uuid"}'
        WHEN 'date'        THEN '{"type": "string", "format": "date"}'
        WHEN 'timestamptz' THEN '{"type": "string", "format": "date-time"}'
        WHEN 'bytea'       THEN '{"type": "string", "contentEncoding": "base64"}'
        WHEN 'enum'        THEN '{"type": "string"}'
        WHEN 'array'       THEN '{"type": "array"}'
        WHEN 'json'        THEN '{}'
        ELSE CASE parameter ->> 'source'
            WHEN 'body' THEN '{"type": ["string", "number", "boolean"]}'
            ELSE '{"type": "string"}'
        END
    END::jsonb;

    CASE
    WHEN v_kind IN ('int2', 'int4', 'int8') THEN
        v_min := greatest(v_min,
            CASE v_kind WHEN 'int2' THEN -32768 WHEN 'int4' THEN -2147483648 ELSE -9223372036854775808 END);
        v_max := least(v_max,
            CASE v_kind WHEN 'int2' THEN 32767 WHEN 'int4' THEN 2147483647 ELSE 9223372036854775807 END);
        v_schema := v_schema || jsonb_build_object('minimum', v_min, 'maximum', v_max);
    WHEN v_kind IN ('numeric', 'float') THEN
        v_schema := v_schema || jsonb_strip_nulls(jsonb_build_object('minimum', v_min, 'maximum', v_max));
    WHEN v_kind = 'array' THEN
        v_schema := v_schema || jsonb_strip_nulls(jsonb_build_object(
            'items', api.openapi_parameter_schema(jsonb_build_object(
                'kind', coalesce(parameter ->> 'element_kind', 'text'),
                'source', parameter -> 'source',
                'is_nullable', true)),
            'minItems', v_min_length, 'maxItems', v_max_length));
    WHEN v_kind = 'bytea' AND parameter ->> 'source' <> 'whole_body' THEN
        -- RFC 4648 §4 and §5, with or without padding; the bits that a last digit has too many are zero.
        v_schema := v_schema || jsonb_build_object('pattern',
            '^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-][AQgw](?:==)?|[A-Za-z0-9+/_-]{2}[AEIMQUYcgkosw048]=?)?$');
    WHEN v_kind = 'text' THEN
        IF parameter ->> 'source' = 'path' THEN
            v_min_length := greatest(v_min_length, 1);
        END IF;
        -- Constructs that PostgreSQL's expressions have and ECMA-262 lacks; the server still checks those.
        IF v_pattern ~ '\\[mMyYAZ]|\(\?[^:=!]|\[\[|^\*\*\*' THEN
            v_pattern := NULL;
        END IF;
        v_schema := v_schema
            || jsonb_strip_nulls(jsonb_build_object('minLength', v_min_length, 'maxLength', v_max_length))
            || CASE
                WHEN jsonb_typeof(parameter -> 'enum_values') = 'array' THEN '{}'::jsonb
                WHEN v_pattern IS NULL THEN jsonb_build_object('pattern', v_no_zero)
                WHEN v_pattern ~ '^\^.*[$]$' AND v_pattern !~ '\[\^|\.|\\[DSW]|\|'
                THEN jsonb_build_object('pattern', v_pattern)
                ELSE jsonb_build_object(
                    'pattern', v_pattern, 'allOf', jsonb_build_array(jsonb_build_object('pattern', v_no_zero)))
            END;
    ELSE
        NULL;
    END CASE;

    IF jsonb_typeof(parameter -> 'enum_values') = 'array' AND v_schema ->> 'type' = 'string' THEN
        v_schema := v_schema || jsonb_build_object('enum', parameter -> 'enum_values');
    END IF;
    IF v_default IS NOT NULL AND (parameter ->> 'default_is_constant')::boolean THEN
        v_schema := v_schema || jsonb_build_object('default', CASE v_schema ->> 'type'
            WHEN 'integer' THEN to_jsonb(v_default::bigint)
            WHEN 'number'  THEN to_jsonb(v_default::numeric)
            WHEN 'boolean' THEN to_jsonb(v_default::boolean)
            WHEN 'string'  THEN to_jsonb(v_default)
            WHEN 'array'   THEN to_jsonb(v_default::text[])
            ELSE v_default::jsonb
        END);
    END IF;
    RETURN api.openapi_nullable(v_schema,
        parameter ->> 'source' = 'body' AND (parameter ->> 'is_nullable')::boolean);
END;
$$;
COMMENT ON FUNCTION api.openapi_parameter_schema(jsonb) IS
    'Says in JSON Schema what the server accepts for one parameter of the catalog.';
