-- Requires: functions/data/canonical_fields.sql
-- Requires: functions/data/mapping_faults.sql
-- Requires: functions/data/writable_mapping.sql
-- Changes which columns fill some fields of a mapping. The others stay as they are. A field that one of the tenant's own
-- kinds of record lacks is added to it.
--
-- Rows that were read before are not read again for it: data.start_sync(…, 'full') does that.
--
-- Role:    member, worker
-- Definer: lends the changing of mappings, of the caller's tenant
-- Takes:   fields: [{canonical_field, vendor_field, data_type?, coercion?, confidence?}]; a vendor_field of null leaves
--          the field unmapped. A coercion or confidence that is not stated: none, and 1.
-- Errors:  PT400 invalid          400  a column, field or coercion is not known; each is named
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such mapping
--          PT409 connection_busy  409  another change of the connection is under way
CREATE OR REPLACE FUNCTION data.change_mapping(mapping_id uuid, fields jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_field_count_max CONSTANT int := 200;
    v_mapping CONSTANT data.mappings := data.writable_mapping(change_mapping.mapping_id);
    v_connection data.connections;
    v_columns jsonb;
    v_known   jsonb;
    v_removed text[];
    v_given   jsonb;
    v_mapped  text[];
BEGIN
    IF jsonb_typeof(change_mapping.fields) IS DISTINCT FROM 'array'
        OR jsonb_array_length(change_mapping.fields) NOT BETWEEN 1 AND v_field_count_max
        OR change_mapping.fields @@ 'exists($[*] ? (@.type() <> "object"))'
    THEN
        PERFORM api.invalid(('fields', 'invalid_value', 'Fields are a list of 1 to 200 objects.')::api.fault);
    END IF;
    -- The columns as they were last seen by a discovery, if there was one, else as the last sync saw them.
    SELECT c.* INTO STRICT v_connection
    FROM data.connections AS c
    WHERE c.tenant_id = v_mapping.tenant_id AND c.connection_id = v_mapping.connection_id;
    SELECT r.entry -> 'columns' INTO v_columns
    FROM (
        SELECT s.relations
        FROM data.schema_snapshots AS s
        WHERE s.tenant_id = v_mapping.tenant_id AND s.connection_id = v_mapping.connection_id
        ORDER BY s.version DESC
        LIMIT 1
    ) AS latest
    CROSS JOIN LATERAL jsonb_array_elements(latest.relations) AS r (entry)
    WHERE r.entry ->> 'relation' = v_mapping.source_relation;
    v_columns := COALESCE(v_columns, v_mapping.source_columns);

    SELECT
        COALESCE(array_agg(f.entry ->> 'canonical_field') FILTER (WHERE f.is_removed), '{}'),
        COALESCE(jsonb_agg(f.entry ORDER BY f.position) FILTER (WHERE NOT f.is_removed), '[]')
    INTO v_removed, v_given
    FROM (
        SELECT e.entry, e.position, e.entry ? 'vendor_field' AND e.entry -> 'vendor_field' = 'null' AS is_removed
        FROM jsonb_array_elements(change_mapping.fields) WITH ORDINALITY AS e (entry, position)
    ) AS f;
    SELECT COALESCE(array_agg(f.canonical_field), '{}') INTO v_mapped
    FROM data.mapping_fields AS f
    WHERE f.tenant_id = v_mapping.tenant_id AND f.mapping_id = v_mapping.mapping_id
        AND f.canonical_field <> ALL (v_removed);

    SELECT jsonb_agg(to_jsonb(f)) INTO v_known FROM data.canonical_fields(v_mapping.entity, v_mapping.record_type) AS f;
    IF v_mapping.entity = 'record' THEN
        PERFORM api.invalid(VARIADIC COALESCE(data.mapping_faults(v_columns, NULL, v_given), '{}'));
        UPDATE data.record_types AS t
        SET fields = t.fields || n.fields, updated_at = now()
        FROM (
            SELECT jsonb_agg(jsonb_build_object(
                'field', g.entry ->> 'canonical_field',
                'data_type', COALESCE(g.entry ->> 'data_type', data.record_data_type(s.entry ->> 'type')),
                'is_required', false)) AS fields
            FROM jsonb_array_elements(v_given) AS g (entry)
            JOIN jsonb_array_elements(v_columns) AS s (entry) ON s.entry ->> 'column' = g.entry ->> 'vendor_field'
            WHERE NOT v_known @> jsonb_build_array(jsonb_build_object('field', g.entry ->> 'canonical_field'))
        ) AS n
        WHERE t.tenant_id = v_mapping.tenant_id AND t.record_type = v_mapping.record_type AND n.fields IS NOT NULL;
        SELECT jsonb_agg(to_jsonb(f)) INTO v_known FROM data.canonical_fields(v_mapping.entity, v_mapping.record_type) AS f;
    END IF;
    PERFORM api.invalid(VARIADIC COALESCE(
        data.mapping_faults(v_columns, COALESCE(v_known, '[]'), v_given, v_mapped), '{}'));
    IF cardinality(v_mapped) = 0 AND v_given = '[]' THEN
        PERFORM api.invalid(('fields', 'invalid_value', 'A mapping has at least one field.')::api.fault);
    END IF;

    DELETE FROM data.mapping_fields AS f
    WHERE f.tenant_id = v_mapping.tenant_id AND f.mapping_id = v_mapping.mapping_id
        AND f.canonical_field = ANY (v_removed);
    INSERT INTO data.mapping_fields AS f (tenant_id, mapping_id, canonical_field, vendor_field, coercion, confidence)
    SELECT
        v_mapping.tenant_id, v_mapping.mapping_id, g.entry ->> 'canonical_field', g.entry ->> 'vendor_field',
        nullif(g.entry -> 'coercion', 'null'), COALESCE((g.entry ->> 'confidence')::numeric, 1)
    FROM jsonb_array_elements(v_given) AS g (entry)
    ON CONFLICT ON CONSTRAINT mapping_fields_pkey DO UPDATE
    SET vendor_field = EXCLUDED.vendor_field, coercion = EXCLUDED.coercion, confidence = EXCLUDED.confidence
    WHERE (f.vendor_field, f.coercion, f.confidence)
        IS DISTINCT FROM (EXCLUDED.vendor_field, EXCLUDED.coercion, EXCLUDED.confidence);
    UPDATE data.mappings AS m
    SET updated_at = now()
    WHERE m.tenant_id = v_mapping.tenant_id AND m.mapping_id = v_mapping.mapping_id;
END;
$$;
COMMENT ON FUNCTION data.change_mapping(uuid, jsonb) IS 'Changes which columns fill some fields of a mapping.';
GRANT EXECUTE ON FUNCTION data.change_mapping(uuid, jsonb) TO member, worker;
