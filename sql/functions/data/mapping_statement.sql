-- Requires: functions/data/coerce.sql
-- Writes the statement that turns one batch of a source's rows into records: coerces each field, writes only records
-- that really differ, and keeps what cannot be turned, with its reasons, among the rejects.
--
-- Role:    pgserver_owner
-- Returns: the statement. $1 jsonb[] rows, $2 run, $3 tenant. It returns rows_rejected, rows_inserted, rows_updated.
CREATE OR REPLACE FUNCTION data.mapping_statement(connection data.connections, mapping data.mappings)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_entity   data.entities;
    v_field    record;
    v_coerced  text := '';
    v_faults   text := '';
    v_columns  text := '';
    v_values   text := '';
    v_set      text := '';
    v_differs  text := '';
    v_used     text[] := ARRAY[mapping.key_column];
BEGIN
    SELECT e.* INTO STRICT v_entity FROM data.entities AS e WHERE e.entity = mapping.entity;
    FOR v_field IN
        SELECT f.canonical_field AS name, f.vendor_field, d.data_type, d.is_required, r.id_prefix, r.entity,
            data.coercion_steps(f.coercion) AS steps
        FROM data.mapping_fields AS f
        JOIN data.entity_fields AS d ON d.entity = mapping.entity AND d.field = f.canonical_field
        LEFT JOIN data.entities AS r ON r.entity = d.referenced_entity
        WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id
        ORDER BY f.canonical_field
    LOOP
        v_used := v_used || v_field.vendor_field;
        v_coerced := v_coerced || format(
            E',\n        data.coerce(r.entry ->> %L, %L, %L) AS %I',
            v_field.vendor_field, v_field.steps, v_field.data_type, v_field.name);
        v_faults := v_faults || format(
            E',\n            CASE WHEN %s THEN jsonb_build_object(''field'', %L::text, ''vendor_field'', %L::text, ''code'', %s) END',
            CASE WHEN v_field.is_required
                THEN format('(s.%1$I).fault IS NOT NULL OR (s.%1$I).result IS NULL', v_field.name)
                ELSE format('(s.%I).fault IS NOT NULL', v_field.name) END,
            v_field.name, v_field.vendor_field,
            format('COALESCE((s.%I).fault, ''required'')', v_field.name));
        v_columns := v_columns || format(', %I', v_field.name);
        v_values := v_values || ', ' || CASE
            WHEN v_field.name IN ('created_at', 'updated_at') THEN
                format('COALESCE((c.%I).result::timestamptz, now())', v_field.name)
            WHEN v_field.id_prefix IS NOT NULL THEN format(
                'data.record_id(%L, %L, %L, (c.%I).result)',
                v_field.id_prefix, mapping.connection_id, v_field.entity, v_field.name)
            ELSE format('(c.%I).result::%s', v_field.name,
                CASE v_field.data_type WHEN 'fraction' THEN 'numeric' ELSE v_field.data_type END)
        END;
        -- A time the source leaves empty is now() on arrival and is no difference afterwards.
        IF v_field.name = 'created_at' THEN
            v_set := v_set || ', created_at = CASE WHEN EXCLUDED.created_at = now() THEN t.created_at ELSE EXCLUDED.created_at END';
        ELSE
            v_set := v_set || format(', %1$I = EXCLUDED.%1$I', v_field.name);
        END IF;
        v_differs := v_differs || CASE
            WHEN v_field.name IN ('created_at', 'updated_at') THEN format(
                E'\n        OR t.%1$I <> EXCLUDED.%1$I AND EXCLUDED.%1$I <> now()', v_field.name)
            ELSE format(E'\n        OR t.%1$I IS DISTINCT FROM EXCLUDED.%1$I', v_field.name)
        END;
    END LOOP;
    IF v_set !~ ', updated_at = ' THEN
        v_set := v_set || ', updated_at = now()';
    END IF;

    RETURN format($statement$
WITH source AS MATERIALIZED (
    SELECT
        r.entry,
        r.entry ->> %1$L AS source_key,
        row_number() OVER (PARTITION BY r.entry ->> %1$L ORDER BY r.position DESC) AS occurrence%2$s
    FROM unnest($1::jsonb[]) WITH ORDINALITY AS r (entry, position)
), checked AS MATERIALIZED (
    SELECT
        s.*,
        array_remove(ARRAY[
            CASE WHEN s.source_key IS NULL THEN '{"field": null, "vendor_field": %3$s, "code": "missing_key"}'::jsonb
                 WHEN s.occurrence > 1 THEN '{"field": null, "vendor_field": %3$s, "code": "duplicate_key"}'::jsonb END%4$s
        ], NULL) AS faults
    FROM source AS s
), rejected AS (
    INSERT INTO data.sync_rejects AS j (
        tenant_id, mapping_id, reject_key, source_key, sync_run_id, faults, source_row)
    SELECT DISTINCT ON (k.reject_key) $3, %5$L::uuid, k.reject_key, c.source_key, $2, to_jsonb(c.faults), c.entry
    FROM checked AS c
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN c.source_key IS NULL OR c.occurrence > 1
                THEN 'row:' || encode(sha256(convert_to(c.entry::text, 'UTF8')), 'hex')
            ELSE 'key:' || c.source_key
        END AS reject_key
    ) AS k
    WHERE c.faults <> '{}'
    ON CONFLICT ON CONSTRAINT sync_rejects_pkey DO UPDATE
    SET faults = EXCLUDED.faults, source_row = EXCLUDED.source_row, sync_run_id = EXCLUDED.sync_run_id,
        last_seen_at = EXCLUDED.last_seen_at
), healed AS (
    DELETE FROM data.sync_rejects AS j
    USING checked AS c
    WHERE j.tenant_id = $3 AND j.mapping_id = %5$L::uuid AND c.faults = '{}' AND j.reject_key = 'key:' || c.source_key
), written AS (
    INSERT INTO data.%6$I AS t (
        tenant_id, %7$I, external_ids, extras, source_system, source_connection_id, source_relation, source_key,
        sync_run_id, synced_at%8$s)
    SELECT
        $3, data.record_id(%9$L, %10$L, %11$L, c.source_key), jsonb_build_object(%12$L::text, c.source_key), %13$s,
        %12$L, %10$L::uuid, %14$L, c.source_key, $2, now()%15$s
    FROM checked AS c
    WHERE c.faults = '{}'
    ON CONFLICT (tenant_id, source_connection_id, source_key) DO UPDATE
    SET extras = EXCLUDED.extras, external_ids = EXCLUDED.external_ids, source_system = EXCLUDED.source_system,
        source_relation = EXCLUDED.source_relation, source_removed_at = NULL, sync_run_id = EXCLUDED.sync_run_id,
        synced_at = EXCLUDED.synced_at%16$s
    WHERE t.source_removed_at IS NOT NULL
        OR t.extras <> EXCLUDED.extras
        OR t.external_ids <> EXCLUDED.external_ids
        OR t.source_relation <> EXCLUDED.source_relation%17$s
    RETURNING t.xmax = 0 AS is_new
)
SELECT
    (SELECT count(*) FROM checked AS c WHERE c.faults <> '{}') AS rows_rejected,
    (SELECT count(*) FROM written AS w WHERE w.is_new)         AS rows_inserted,
    (SELECT count(*) FROM written AS w WHERE NOT w.is_new)     AS rows_updated
$statement$,
        mapping.key_column, v_coerced, replace(to_jsonb(mapping.key_column)::text, '''', ''''''), v_faults,
        mapping.mapping_id, v_entity.relation_name, v_entity.id_column, v_columns, v_entity.id_prefix,
        mapping.connection_id, mapping.entity, connection.source_system,
        CASE WHEN mapping.keeps_extras
            THEN format('jsonb_strip_nulls(c.entry - %L::text[])', v_used) ELSE '''{}''::jsonb' END,
        mapping.source_relation, v_values, v_set, v_differs);
END;
$$;
COMMENT ON FUNCTION data.mapping_statement(data.connections, data.mappings) IS
    'Writes the statement that turns one batch of a source''s rows into records.';
