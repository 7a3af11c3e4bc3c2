-- Requires: functions/data/require_write.sql
-- Declares a kind of record of the caller's tenant.
--
-- Role:    member, worker
-- Definer: lends the declaring of kinds of record, for the caller's tenant
-- Takes:   fields: [{field, data_type, is_required?}], 1 to 200
-- Returns: its row
-- Errors:  PT400 invalid            400  the name, title or a field is malformed
--          PT401 unauthenticated    401  nobody is signed in
--          PT403 forbidden          403  the permission connections.write is missing
--          23505 record_types_pkey  409  there is a kind of this name
CREATE OR REPLACE FUNCTION data.create_record_type(record_type text, fields jsonb, title text DEFAULT NULL)
RETURNS data.record_types LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_faults api.fault[];
    v_kind   data.record_types;
BEGIN
    PERFORM data.require_write();
    IF jsonb_typeof(create_record_type.fields) IS DISTINCT FROM 'array'
        OR jsonb_array_length(create_record_type.fields) NOT BETWEEN 1 AND 200
        OR create_record_type.fields @@ 'exists($[*] ? (@.type() <> "object"))'
    THEN
        PERFORM api.invalid(('fields', 'invalid_value', 'Fields are a list of 1 to 200 objects.')::api.fault);
    END IF;
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (
        SELECT 'record_type' AS field, 'invalid_value' AS code,
            'A kind of record is lower-case letters, digits and underscores, 40 at most.' AS message
        WHERE (create_record_type.record_type ~ '^[a-z][a-z0-9_]{0,39}$') IS NOT TRUE
        UNION ALL
        SELECT 'title', 'invalid_value', 'A title has 1 to 200 characters.'
        WHERE char_length(create_record_type.title) NOT BETWEEN 1 AND 200
        UNION ALL
        SELECT c.path || '.' || c.name, 'invalid_value', c.message
        FROM (
            SELECT format('fields[%s]', e.position - 1) AS path, v.name, v.message
            FROM jsonb_array_elements(create_record_type.fields) WITH ORDINALITY AS e (entry, position)
            CROSS JOIN LATERAL (VALUES
                ('field', e.entry ->> 'field' ~ '^[a-z][a-z0-9_]{0,62}$',
                    'A field is lower-case letters, digits and underscores, 63 at most.'),
                ('data_type', e.entry ->> 'data_type' IN ('text', 'numeric', 'boolean', 'date', 'timestamptz', 'json'),
                    'Use text, numeric, boolean, date, timestamptz or json.'),
                ('is_required', NOT e.entry ? 'is_required' OR jsonb_typeof(e.entry -> 'is_required') = 'boolean',
                    'Use true or false.')
            ) AS v (name, is_right, message)
            WHERE v.is_right IS NOT TRUE
        ) AS c
        UNION ALL
        SELECT 'fields', 'duplicate', format('The field %s is declared twice.', e.entry ->> 'field')
        FROM jsonb_array_elements(create_record_type.fields) AS e (entry)
        GROUP BY e.entry ->> 'field'
        HAVING count(*) > 1
    ) AS f;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));
    INSERT INTO data.record_types AS t (tenant_id, record_type, title, fields)
    SELECT
        auth.tenant_id(), create_record_type.record_type,
        COALESCE(create_record_type.title, initcap(replace(create_record_type.record_type, '_', ' '))),
        jsonb_agg(jsonb_build_object(
            'field', e.entry -> 'field', 'data_type', e.entry -> 'data_type',
            'is_required', COALESCE(e.entry -> 'is_required', 'false')) ORDER BY e.position)
    FROM jsonb_array_elements(create_record_type.fields) WITH ORDINALITY AS e (entry, position)
    RETURNING t.* INTO STRICT v_kind;
    RETURN v_kind;
END;
$$;
COMMENT ON FUNCTION data.create_record_type(text, jsonb, text) IS 'Declares a kind of record of the caller''s tenant.';
GRANT EXECUTE ON FUNCTION data.create_record_type(text, jsonb, text) TO member, worker;
