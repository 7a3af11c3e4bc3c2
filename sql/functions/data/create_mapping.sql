-- Requires: functions/data/build_source_table.sql
-- Requires: functions/data/canonical_fields.sql
-- Requires: functions/data/mapping_faults.sql
-- Requires: functions/data/source_columns.sql
-- Requires: functions/data/usable_connection.sql
-- Says how one relation of a source becomes one canonical entity, or one of the tenant's own kinds of record. A kind of
-- record that does not exist yet is declared by the fields; one that exists must have them.
--
-- Of files and pushes the columns are those of the latest snapshot. Their cursor is the number of a row, whatever
-- cursor_column says. A key_column may be left out for them: a row of a file is then told apart by its number, and a
-- pushed record always is by its key.
--
-- Role:    member, worker
-- Definer: lends the making of a foreign table and the storing of the mapping, for the caller's tenant
-- Returns: the mapping's id. fields is [{canonical_field, vendor_field, data_type?, coercion?, confidence?}]; a data
--          type is stated only for a kind of record, and is the column's if it is not
-- Errors:  PT400 invalid              400  a relation, column, field or coercion is not known; each is named
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  another change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT502 source_unreachable   502  the source does not answer
--          PT502 source_refused       502  the source refuses our credentials
--          PT502 source_failed        502  the source answers with an error
--          23505 mappings_entity_key  409  the connection already feeds this entity
CREATE OR REPLACE FUNCTION data.create_mapping(
    connection_id uuid, entity text, source_relation text, key_column text, fields jsonb,
    cursor_column text DEFAULT NULL, keeps_extras boolean DEFAULT true, on_removal text DEFAULT 'keep',
    record_type text DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_field_count_max CONSTANT int := 200;
    v_key_types       CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'numeric', 'uuid', 'text', 'character varying'
    ];
    v_cursor_types    CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'numeric', 'date', 'timestamp without time zone', 'timestamp with time zone'
    ];
    v_connection CONSTANT data.connections := data.usable_connection(create_mapping.connection_id);
    v_is_foreign CONSTANT boolean := data.is_foreign_source(v_connection.connection_type);
    v_record_type CONSTANT text := CASE create_mapping.entity WHEN 'record' THEN create_mapping.record_type END;
    v_key_field  text;
    v_found      record;
    v_known      jsonb;
    v_faults     api.fault[];
    v_mapping_id uuid;
BEGIN
    IF jsonb_typeof(create_mapping.fields) IS DISTINCT FROM 'array'
        OR jsonb_array_length(create_mapping.fields) NOT BETWEEN 1 AND v_field_count_max
        OR create_mapping.fields @@ 'exists($[*] ? (@.type() <> "object"))'
    THEN
        PERFORM api.invalid(('fields', 'invalid_value', 'Fields are a list of 1 to 200 objects.')::api.fault);
    END IF;
    SELECT f.* INTO v_found FROM data.source_columns(v_connection, create_mapping.source_relation) AS f;
    IF v_found.failure_code IS NOT NULL THEN
        PERFORM api.fail(v_found.failure_code, v_found.failure, 502);
    ELSIF v_found.source_columns = '[]' THEN
        PERFORM api.invalid((
            'source_relation', 'not_found',
            CASE WHEN v_is_foreign THEN 'The source has no such relation.'
                ELSE 'No such relation of the source was discovered.' END)::api.fault);
    END IF;
    SELECT r.key_field INTO v_key_field
    FROM data.source_relations AS r
    WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
        AND r.relation = create_mapping.source_relation;
    SELECT jsonb_agg(to_jsonb(f)) INTO v_known
    FROM data.canonical_fields(create_mapping.entity, v_record_type) AS f;

    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (
        SELECT 'entity' AS field, 'not_found' AS code, 'There is no such entity.' AS message
        WHERE NOT EXISTS (SELECT FROM data.entities AS e WHERE e.entity = create_mapping.entity)
        UNION ALL
        SELECT 'record_type', 'invalid_value',
            'A kind of record is lower-case letters, digits and underscores, 40 at most.'
        WHERE create_mapping.entity = 'record' AND (v_record_type ~ '^[a-z][a-z0-9_]{0,39}$') IS NOT TRUE
        UNION ALL
        SELECT 'key_column', 'not_found', 'The relation has no such column of an integer, numeric, uuid or text type.'
        WHERE v_is_foreign AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(v_found.source_columns) AS s (entry)
            WHERE s.entry ->> 'column' = create_mapping.key_column AND s.entry ->> 'type' = ANY (v_key_types)
        )
        UNION ALL
        SELECT 'key_column', 'not_found', 'The relation has no such column.'
        WHERE NOT v_is_foreign AND create_mapping.key_column IS NOT NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(v_found.source_columns) AS s (entry)
            WHERE s.entry ->> 'column' = create_mapping.key_column
        )
        UNION ALL
        SELECT 'key_column', 'invalid_value', format('Records of this relation are told apart by %s.', v_key_field)
        WHERE create_mapping.key_column <> v_key_field
        UNION ALL
        SELECT 'cursor_column', 'not_found', 'The relation has no such column of a number, date or time type.'
        WHERE v_is_foreign AND create_mapping.cursor_column IS NOT NULL AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(v_found.source_columns) AS s (entry)
            WHERE s.entry ->> 'column' = create_mapping.cursor_column AND s.entry ->> 'type' = ANY (v_cursor_types)
        )
        UNION ALL
        SELECT 'on_removal', 'invalid_value', 'Use keep, mark or delete.'
        WHERE create_mapping.on_removal NOT IN ('keep', 'mark', 'delete')
    ) AS f;
    v_faults := v_faults || data.mapping_faults(
        v_found.source_columns, CASE WHEN create_mapping.entity = 'record' THEN v_known ELSE COALESCE(v_known, '[]') END,
        create_mapping.fields);
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));

    IF create_mapping.entity = 'record' AND v_known IS NULL THEN
        INSERT INTO data.record_types (tenant_id, record_type, title, fields)
        SELECT
            v_connection.tenant_id, v_record_type, initcap(replace(v_record_type, '_', ' ')),
            jsonb_agg(jsonb_build_object(
                'field', f.entry ->> 'canonical_field',
                'data_type', COALESCE(f.entry ->> 'data_type', data.record_data_type(s.entry ->> 'type')),
                'is_required', false
            ) ORDER BY f.position)
        FROM jsonb_array_elements(create_mapping.fields) WITH ORDINALITY AS f (entry, position)
        JOIN jsonb_array_elements(v_found.source_columns) AS s (entry)
            ON s.entry ->> 'column' = f.entry ->> 'vendor_field'
        ON CONFLICT ON CONSTRAINT record_types_pkey DO NOTHING;
    END IF;
    INSERT INTO data.mappings AS m (
        tenant_id, connection_id, entity, record_type, source_relation, key_column, cursor_column, keeps_extras,
        on_removal, source_columns)
    VALUES (
        v_connection.tenant_id, v_connection.connection_id, create_mapping.entity, v_record_type,
        create_mapping.source_relation, COALESCE(create_mapping.key_column, v_key_field),
        CASE WHEN v_is_foreign THEN create_mapping.cursor_column END, COALESCE(create_mapping.keeps_extras, true),
        COALESCE(create_mapping.on_removal, 'keep'), v_found.source_columns)
    RETURNING m.mapping_id INTO STRICT v_mapping_id;
    INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, coercion, confidence)
    SELECT
        v_connection.tenant_id, v_mapping_id, f.entry ->> 'canonical_field', f.entry ->> 'vendor_field',
        nullif(f.entry -> 'coercion', 'null'), COALESCE((f.entry ->> 'confidence')::numeric, 1)
    FROM jsonb_array_elements(create_mapping.fields) AS f (entry);
    IF v_is_foreign THEN
        PERFORM data.build_source_table(
            v_connection, v_mapping_id, create_mapping.source_relation, v_found.source_columns);
    END IF;
    RETURN v_mapping_id;
END;
$$;
COMMENT ON FUNCTION data.create_mapping(uuid, text, text, text, jsonb, text, boolean, text, text) IS
    'Says how one relation of a source becomes one canonical entity or kind of record.';
GRANT EXECUTE ON FUNCTION data.create_mapping(uuid, text, text, text, jsonb, text, boolean, text, text) TO member, worker;
