-- Requires: functions/data/bulk_mapping.sql
-- Requires: functions/data/dispatch_bulk_mappings.sql
-- Has many mappings made in the background, one after the other, each in its own transaction.
--
-- Role:    member, worker
-- Definer: lends the storing of the job, for the caller's tenant
-- Takes:   mappings: 1 to 1000 of {connection_id, source_relation?, entity?, record_type?, fields?, key_column?,
--          cursor_column?, keeps_extras?, on_removal?}. With fields the relation is mapped so, or its mapping changed;
--          without, mappings are suggested for it, or for all relations of the connection, and applied where sure.
-- Returns: the job
-- Errors:  PT400 invalid              400  what is asked for is not of that form; each fault is named
--          PT401 unauthenticated      401  nobody is signed in
--          PT403 forbidden            403  the permission connections.write is missing
--          PT429 bulk_mappings_limit  429  as many jobs wait as a tenant may have
CREATE OR REPLACE FUNCTION data.submit_bulk_mapping(mappings jsonb)
RETURNS data.bulk_mappings LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_item_count_max CONSTANT int := 1000;
    v_queued_max     CONSTANT integer := core.setting_integer('data.bulk_mappings_queued_max');
    v_known CONSTANT text[] := ARRAY[
        'connection_id', 'source_relation', 'entity', 'record_type', 'fields', 'key_column', 'cursor_column',
        'keeps_extras', 'on_removal'
    ];
    v_faults api.fault[];
    v_job    data.bulk_mappings;
BEGIN
    PERFORM data.require_write();
    IF jsonb_typeof(submit_bulk_mapping.mappings) IS DISTINCT FROM 'array'
        OR jsonb_array_length(submit_bulk_mapping.mappings) NOT BETWEEN 1 AND v_item_count_max
        OR submit_bulk_mapping.mappings @@ 'exists($[*] ? (@.type() <> "object"))'
    THEN
        PERFORM api.invalid(('mappings', 'invalid_value', 'Mappings are a list of 1 to 1000 objects.')::api.fault);
    END IF;
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (
        SELECT format('mappings[%s].%s', i.position - 1, f.field) AS field, f.code, f.message
        FROM jsonb_array_elements(submit_bulk_mapping.mappings) WITH ORDINALITY AS i (item, position)
        CROSS JOIN LATERAL (
            SELECT 'connection_id' AS field, 'malformed' AS code, 'A connection is told by its UUID.' AS message
            WHERE COALESCE(i.item ->> 'connection_id', '')
                !~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
            UNION ALL
            SELECT k.key, 'invalid_type', 'This field is a text.'
            FROM unnest(ARRAY['source_relation', 'entity', 'record_type', 'key_column', 'cursor_column', 'on_removal'])
                AS k (key)
            WHERE jsonb_typeof(i.item -> k.key) NOT IN ('string', 'null')
            UNION ALL
            SELECT 'keeps_extras', 'invalid_type', 'This field is true or false.'
            WHERE jsonb_typeof(i.item -> 'keeps_extras') NOT IN ('boolean', 'null')
            UNION ALL
            SELECT 'fields', 'invalid_type', 'Fields are a list.'
            WHERE jsonb_typeof(i.item -> 'fields') NOT IN ('array', 'null')
            UNION ALL
            SELECT k.key, 'required', 'With fields this is required.'
            FROM unnest(ARRAY['source_relation', 'entity']) AS k (key)
            WHERE jsonb_typeof(i.item -> 'fields') = 'array' AND i.item ->> k.key IS NULL
            UNION ALL
            SELECT k.key, 'unknown_field', 'This field is not known.'
            FROM jsonb_object_keys(i.item) AS k (key)
            WHERE k.key <> ALL (v_known)
        ) AS f
        ORDER BY i.position, f.field
        LIMIT 100
    ) AS f;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));

    PERFORM FROM auth.tenants AS t WHERE t.tenant_id = auth.tenant_id() FOR NO KEY UPDATE;
    IF (SELECT count(*)
        FROM data.bulk_mappings AS b
        WHERE b.tenant_id = auth.tenant_id() AND b.status = 'queued' AND NOT b.is_dispatched AND b.expires_at > now()
    ) >= v_queued_max THEN
        PERFORM api.fail('bulk_mappings_limit', format('Max queued jobs per tenant: %s', v_queued_max), 429);
    END IF;
    INSERT INTO data.bulk_mappings AS b (tenant_id, item_count)
    VALUES (auth.tenant_id(), jsonb_array_length(submit_bulk_mapping.mappings))
    RETURNING b.* INTO STRICT v_job;
    INSERT INTO data.bulk_mapping_items (tenant_id, bulk_mapping_id, item_no, request)
    SELECT v_job.tenant_id, v_job.bulk_mapping_id, i.position, i.item
    FROM jsonb_array_elements(submit_bulk_mapping.mappings) WITH ORDINALITY AS i (item, position);
    PERFORM data.dispatch_bulk_mappings();
    RETURN v_job;
END;
$$;
COMMENT ON FUNCTION data.submit_bulk_mapping(jsonb) IS 'Has many mappings made in the background, one after the other.';
GRANT EXECUTE ON FUNCTION data.submit_bulk_mapping(jsonb) TO member, worker;
