-- What is wrong with a value by a JSON Schema, of which the part is known that connection types use: type, enum,
-- required, properties, additionalProperties (false), items, minimum, maximum, minLength, maxLength, pattern, minItems and
-- maxItems. A member that is null counts as absent.
--
-- Role:    pgserver_owner
-- Returns: one fault for each field that cannot be accepted, named like configuration.host; 100 at most
CREATE OR REPLACE FUNCTION data.schema_faults(schema jsonb, value jsonb, field text)
RETURNS api.fault[] LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_fault_count_max CONSTANT int  := 100;
    v_kind            CONSTANT text := jsonb_typeof(schema_faults.value);
    v_type            CONSTANT text := schema_faults.schema ->> 'type';
    v_text            CONSTANT text := schema_faults.value #>> '{}';
    v_number          numeric;
    v_faults          api.fault[] := '{}';
    v_name            text;
    v_entry           jsonb;
    v_position        int := 0;
BEGIN
    IF (CASE v_type
        WHEN 'integer' THEN v_kind <> 'number' OR v_text::numeric <> trunc(v_text::numeric)
        ELSE v_kind <> v_type
    END)
    THEN
        RETURN ARRAY[(schema_faults.field, 'invalid_type', format(
            'This must be %s.', CASE v_type
                WHEN 'string' THEN 'a text' WHEN 'integer' THEN 'a whole number' WHEN 'number' THEN 'a number'
                WHEN 'boolean' THEN 'true or false' WHEN 'array' THEN 'a list' ELSE 'an object' END))::api.fault];
    ELSIF NOT COALESCE(schema_faults.schema -> 'enum' @> jsonb_build_array(schema_faults.value), true) THEN
        RETURN ARRAY[(schema_faults.field, 'invalid_value', format('Use one of %s.', (
            SELECT string_agg(e.entry, ', ') FROM jsonb_array_elements_text(schema_faults.schema -> 'enum') AS e (entry)
        )))::api.fault];
    END IF;

    IF v_kind = 'string' THEN
        IF char_length(v_text) NOT BETWEEN COALESCE((schema_faults.schema ->> 'minLength')::int, 0)
            AND COALESCE((schema_faults.schema ->> 'maxLength')::int, char_length(v_text))
        THEN
            v_faults := v_faults || (schema_faults.field, 'invalid_value', format(
                'This has %s to %s characters.', COALESCE(schema_faults.schema ->> 'minLength', '0'),
                COALESCE(schema_faults.schema ->> 'maxLength', 'any number of')))::api.fault;
        ELSIF v_text !~ (schema_faults.schema ->> 'pattern') THEN
            v_faults := v_faults || (schema_faults.field, 'invalid_value', format(
                'This must be written like %s.', schema_faults.schema ->> 'pattern'))::api.fault;
        END IF;
    ELSIF v_kind = 'number' THEN
        v_number := v_text::numeric;
        IF v_number < (schema_faults.schema ->> 'minimum')::numeric
            OR v_number > (schema_faults.schema ->> 'maximum')::numeric
        THEN
            v_faults := v_faults || (schema_faults.field, 'invalid_value', concat_ws(' ',
                'This must be a number', 'from ' || (schema_faults.schema ->> 'minimum'),
                'to ' || (schema_faults.schema ->> 'maximum')) || '.')::api.fault;
        END IF;
    ELSIF v_kind = 'array' THEN
        IF jsonb_array_length(schema_faults.value) NOT BETWEEN COALESCE((schema_faults.schema ->> 'minItems')::int, 0)
            AND COALESCE((schema_faults.schema ->> 'maxItems')::int, jsonb_array_length(schema_faults.value))
        THEN
            v_faults := v_faults || (schema_faults.field, 'invalid_value', format(
                'This has %s to %s entries.', COALESCE(schema_faults.schema ->> 'minItems', '0'),
                COALESCE(schema_faults.schema ->> 'maxItems', 'any number of')))::api.fault;
        ELSIF schema_faults.schema ? 'items' THEN
            FOR v_entry IN SELECT e.entry FROM jsonb_array_elements(schema_faults.value) AS e (entry) LOOP
                v_faults := v_faults || data.schema_faults(
                    schema_faults.schema -> 'items', v_entry, format('%s[%s]', schema_faults.field, v_position));
                v_position := v_position + 1;
                EXIT WHEN cardinality(v_faults) >= v_fault_count_max;
            END LOOP;
        END IF;
    ELSIF v_kind = 'object' THEN
        SELECT v_faults || array_agg((schema_faults.field || '.' || r.name, 'required', 'This field is required.')::api.fault)
        INTO v_faults
        FROM jsonb_array_elements_text(schema_faults.schema -> 'required') AS r (name)
        WHERE COALESCE(jsonb_typeof(schema_faults.value -> r.name), 'null') = 'null';
        FOR v_name, v_entry IN
            SELECT m.key, m.value FROM jsonb_each(schema_faults.value) AS m WHERE jsonb_typeof(m.value) <> 'null'
        LOOP
            EXIT WHEN cardinality(v_faults) >= v_fault_count_max;
            IF schema_faults.schema -> 'properties' ? v_name THEN
                v_faults := v_faults || data.schema_faults(
                    schema_faults.schema #> ARRAY['properties', v_name], v_entry, schema_faults.field || '.' || v_name);
            ELSIF schema_faults.schema -> 'additionalProperties' = 'false' THEN
                v_faults := v_faults || (
                    format('%s.%s', schema_faults.field, left(v_name, 100)), 'unknown_field', 'This field is not known.')::api.fault;
            END IF;
        END LOOP;
    END IF;
    RETURN v_faults[:v_fault_count_max];
END;
$$;
COMMENT ON FUNCTION data.schema_faults(jsonb, jsonb, text) IS 'What is wrong with a value by a JSON Schema.';
