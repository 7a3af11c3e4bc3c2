-- Turns the shape that a route declares for its answer into a JSON Schema.
--
-- A shape is a type name, an object of shapes, or an array of one shape:
--   "string" "integer" "number" "boolean" "date" "time" "date-time" "uuid" "email" "uri" "object" "array" "any"
--   ("timestamp" is another word for "date-time")
--   "string?"               may be null
--   "queued|running|done"   one of these words
--   {"a": …, "b?": …}       b may be absent
--   {"*": …}                a map: any key, values of this shape
--   {"?": true, "a": …}     the object may be null
--   [ … ]                   an array; [ …, null] may be null itself
--
-- Errors: PT500 unknown_shape  500  the notation is not one of the above
CREATE OR REPLACE FUNCTION api.shape_schema(shape jsonb)
RETURNS jsonb LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_word      text;
    v_is_null   boolean;
    v_schema    jsonb;
    v_object    jsonb;
BEGIN
    CASE jsonb_typeof(shape_schema.shape)
    WHEN 'string' THEN
        v_word := shape_schema.shape #>> '{}';
        v_is_null := v_word LIKE '%?';
        v_word := rtrim(v_word, '?');
        v_schema := CASE v_word
            WHEN 'string'    THEN '{"type": "string"}'
            WHEN 'integer'   THEN '{"type": "integer"}'
            WHEN 'number'    THEN '{"type": "number"}'
            WHEN 'boolean'   THEN '{"type": "boolean"}'
            WHEN 'date'      THEN '{"type": "string", "format": "date"}'
            WHEN 'time'      THEN '{"type": "string", "format": "time"}'
            WHEN 'date-time' THEN '{"type": "string", "format": "date-time"}'
            WHEN 'timestamp' THEN '{"type": "string", "format": "date-time"}'
            WHEN 'uuid'      THEN '{"type": "string", "format": "uuid"}'
            WHEN 'email'     THEN '{"type": "string", "format": "email"}'
            WHEN 'uri'       THEN '{"type": "string", "format": "uri"}'
            WHEN 'object'    THEN '{"type": "object"}'
            WHEN 'array'     THEN '{"type": "array"}'
            WHEN 'any'       THEN '{}'
        END::jsonb;
        IF v_schema IS NULL AND v_word LIKE '%|%' THEN
            v_schema := jsonb_build_object('type', 'string', 'enum', to_jsonb(string_to_array(v_word, '|')));
        END IF;
        IF v_schema IS NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'PT500', MESSAGE = 'unknown_shape', DETAIL = format('%L is not a shape.', v_word);
        END IF;
    WHEN 'array' THEN
        v_is_null := shape_schema.shape -> -1 = 'null'::jsonb;
        IF jsonb_array_length(shape_schema.shape) > 1 + v_is_null::int THEN
            RAISE EXCEPTION USING
                ERRCODE = 'PT500', MESSAGE = 'unknown_shape', DETAIL = 'An array has one shape for its items.';
        END IF;
        v_schema := jsonb_build_object('type', 'array');
        IF jsonb_typeof(shape_schema.shape -> 0) <> 'null' THEN
            v_schema := v_schema || jsonb_build_object('items', api.shape_schema(shape_schema.shape -> 0));
        END IF;
    WHEN 'object' THEN
        v_is_null := shape_schema.shape ? '?';
        v_object := shape_schema.shape - '?' - '*';
        v_schema := '{"type": "object"}';
        IF v_object <> '{}' THEN
            v_schema := v_schema || (
                SELECT jsonb_strip_nulls(jsonb_build_object(
                    'properties', jsonb_object_agg(rtrim(m.key, '?'), api.shape_schema(m.value)),
                    'required', jsonb_agg(m.key ORDER BY m.key COLLATE "C") FILTER (WHERE m.key NOT LIKE '%?')))
                FROM jsonb_each(v_object) AS m);
        END IF;
        IF shape_schema.shape ? '*' THEN
            v_schema := v_schema
                || jsonb_build_object('additionalProperties', api.shape_schema(shape_schema.shape -> '*'));
        END IF;
    ELSE
        IF shape_schema.shape IS NOT NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'PT500', MESSAGE = 'unknown_shape', DETAIL = format('%s is not a shape.', shape_schema.shape);
        END IF;
        RETURN '{}';
    END CASE;
    RETURN api.openapi_nullable(v_schema, v_is_null);
END;
$$;
COMMENT ON FUNCTION api.shape_schema(jsonb) IS 'Turns the shape a route declares for its answer into a JSON Schema.';
