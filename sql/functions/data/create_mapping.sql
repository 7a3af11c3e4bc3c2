-- Says how one relation of a source becomes one canonical entity.
--
-- Role:    member, worker
-- Definer: lends the making of a foreign table and the storing of the mapping, for the caller's tenant
-- Returns: the mapping's id. fields is [{canonical_field, vendor_field, coercion?, confidence?}]
-- Errors:  PT400 invalid              400  a relation, column, field or coercion is not known; each is named
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT404 not_found            404  the tenant has no such connection
--          PT409 connection_busy      409  a sync or a change of this connection is under way
--          PT409 disconnected         409  the connection was disconnected
--          PT422 address_not_allowed  422  the host is not one that this server may reach
--          PT502 source_unreachable   502  the source does not answer
--          PT502 source_refused       502  the source refuses our credentials
--          PT502 source_failed        502  the source answers with an error
--          23505 mappings_entity_key  409  the connection already feeds this entity
--          23514 mappings_on_removal_check  422  removals can be noticed only without a cursor
CREATE OR REPLACE FUNCTION data.create_mapping(
    connection_id uuid, entity text, source_relation text, key_column text, fields jsonb,
    cursor_column text DEFAULT NULL, keeps_extras boolean DEFAULT true, on_removal text DEFAULT 'keep')
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_field_count_max CONSTANT int := 100;
    v_key_types       CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'numeric', 'uuid', 'text', 'character varying'
    ];
    v_cursor_types    CONSTANT text[] := ARRAY[
        'smallint', 'integer', 'bigint', 'numeric', 'date', 'timestamp without time zone', 'timestamp with time zone'
    ];
    v_connection CONSTANT data.connections := data.usable_connection(create_mapping.connection_id);
    v_found      record;
    v_faults     api.fault[];
    v_mapping_id uuid;
BEGIN
    IF jsonb_typeof(create_mapping.fields) IS DISTINCT FROM 'array'
        OR jsonb_array_length(create_mapping.fields) NOT BETWEEN 1 AND v_field_count_max
    THEN
        PERFORM api.invalid(('fields', 'invalid_value', 'Fields are a list of 1 to 100 objects.')::api.fault);
    END IF;
    SELECT f.* INTO v_found FROM data.source_columns(v_connection, create_mapping.source_relation) AS f;
    IF v_found.failure_code IS NOT NULL THEN
        PERFORM api.fail(v_found.failure_code, v_found.failure, 502);
    ELSIF v_found.source_columns = '[]' THEN
        PERFORM api.invalid(('source_relation', 'not_found', 'The source has no such relation.')::api.fault);
    END IF;

    WITH source AS (
        SELECT s.entry ->> 'column' AS name, s.entry ->> 'type' AS type
        FROM jsonb_array_elements(v_found.source_columns) AS s (entry)
    ), mapped AS (
        SELECT f.entry, format('fields[%s]', f.position - 1) AS path
        FROM jsonb_array_elements(create_mapping.fields) WITH ORDINALITY AS f (entry, position)
    )
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (
        SELECT 'entity' AS field, 'not_found' AS code, 'There is no such entity.' AS message
        WHERE NOT EXISTS (SELECT FROM data.entities AS e WHERE e.entity = create_mapping.entity)
        UNION ALL
        SELECT 'key_column', 'not_found', 'The relation has no such column of an integer, numeric, uuid or text type.'
        WHERE NOT EXISTS (
            SELECT FROM source AS s WHERE s.name = create_mapping.key_column AND s.type = ANY (v_key_types)
        )
        UNION ALL
        SELECT 'cursor_column', 'not_found', 'The relation has no such column of a number, date or time type.'
        WHERE create_mapping.cursor_column IS NOT NULL AND NOT EXISTS (
            SELECT FROM source AS s WHERE s.name = create_mapping.cursor_column AND s.type = ANY (v_cursor_types)
        )
        UNION ALL
        SELECT m.path || '.canonical_field', 'not_found', 'The entity has no such field.'
        FROM mapped AS m
        WHERE NOT EXISTS (
            SELECT FROM data.entity_fields AS e
            WHERE e.entity = create_mapping.entity AND e.field = m.entry ->> 'canonical_field'
        )
        UNION ALL
        SELECT m.path || '.vendor_field', 'not_found', 'The relation has no such column.'
        FROM mapped AS m
        WHERE NOT EXISTS (SELECT FROM source AS s WHERE s.name = m.entry ->> 'vendor_field')
        UNION ALL
        SELECT m.path || '.coercion', 'invalid_value', 'There is no such coercion.'
        FROM mapped AS m
        WHERE jsonb_typeof(m.entry -> 'coercion') <> 'null' AND data.coercion_steps(m.entry -> 'coercion') IS NULL
        UNION ALL
        SELECT m.path || '.confidence', 'invalid_value', 'A confidence is a number from 0 to 1.'
        FROM mapped AS m
        WHERE CASE jsonb_typeof(m.entry -> 'confidence')
            WHEN 'number' THEN (m.entry ->> 'confidence')::numeric NOT BETWEEN 0 AND 1
            ELSE m.entry ? 'confidence'
        END
        UNION ALL
        SELECT 'fields', 'duplicate', format('The field %s is mapped twice.', m.entry ->> 'canonical_field')
        FROM mapped AS m
        GROUP BY m.entry ->> 'canonical_field'
        HAVING count(*) > 1
        UNION ALL
        SELECT 'fields', 'required', format('The field %s must be mapped.', e.field)
        FROM data.entity_fields AS e
        WHERE e.entity = create_mapping.entity AND e.is_required AND NOT EXISTS (
            SELECT FROM mapped AS m WHERE m.entry ->> 'canonical_field' = e.field
        )
    ) AS f;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));

    INSERT INTO data.mappings AS m (
        tenant_id, connection_id, entity, source_relation, key_column, cursor_column, keeps_extras, on_removal,
        source_columns)
    VALUES (
        v_connection.tenant_id, v_connection.connection_id, create_mapping.entity, create_mapping.source_relation,
        create_mapping.key_column, create_mapping.cursor_column, create_mapping.keeps_extras, create_mapping.on_removal,
        v_found.source_columns)
    RETURNING m.mapping_id INTO STRICT v_mapping_id;
    INSERT INTO data.mapping_fields (tenant_id, mapping_id, canonical_field, vendor_field, coercion, confidence)
    SELECT
        v_connection.tenant_id, v_mapping_id, f.entry ->> 'canonical_field', f.entry ->> 'vendor_field',
        nullif(f.entry -> 'coercion', 'null'), COALESCE((f.entry ->> 'confidence')::numeric, 1)
    FROM jsonb_array_elements(create_mapping.fields) AS f (entry);
    PERFORM data.build_source_table(
        v_connection, v_mapping_id, create_mapping.source_relation, v_found.source_columns);
    RETURN v_mapping_id;
END;
$$;
COMMENT ON FUNCTION data.create_mapping(uuid, text, text, text, jsonb, text, boolean, text) IS
    'Says how one relation of a source becomes one canonical entity.';
GRANT EXECUTE ON FUNCTION data.create_mapping(uuid, text, text, text, jsonb, text, boolean, text) TO member, worker;
