-- Requires: functions/data/build_source_table.sql
-- Requires: functions/data/end_run.sql
-- Requires: functions/data/read_source.sql
-- Requires: functions/data/source_columns.sql
-- Begins a mapping's part of a sync: compares the source's columns with those last seen, and finds where to begin.
--
-- Role:    pgserver_owner
-- Returns: the run; failed already if the source does not answer or no longer has what is mapped
CREATE OR REPLACE FUNCTION data.begin_run(connection data.connections, mapping data.mappings, sync data.syncs)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
AS $$
DECLARE
    v_sample_rows CONSTANT int := 1000;
    v_is_foreign CONSTANT boolean := data.is_foreign_source(connection.connection_type);
    v_is_full    CONSTANT boolean := sync.mode = 'full';
    v_since      CONSTANT timestamptz := clock_timestamp();
    v_run      data.sync_runs;
    v_relation data.source_relations;
    v_found    record;
    v_missing  text;
    v_rows     jsonb[];
    v_estimate bigint;
BEGIN
    INSERT INTO data.sync_runs AS r (
        tenant_id, connection_id, mapping_id, entity, record_type, sync_id, phase, cursor_before)
    VALUES (
        mapping.tenant_id, mapping.connection_id, mapping.mapping_id, mapping.entity, mapping.record_type, sync.sync_id,
        'rows', mapping.cursor_value)
    RETURNING r.* INTO STRICT v_run;

    SELECT c.* INTO v_found FROM data.source_columns(connection, mapping.source_relation) AS c;
    IF v_found.failure_code IS NOT NULL THEN
        RETURN data.end_run(connection, v_run, 'failed', v_found.failure_code, v_found.failure);
    END IF;
    SELECT count(*) INTO v_run.drifted
    FROM jsonb_array_elements(v_found.source_columns) AS n (entry)
    FULL JOIN jsonb_array_elements(mapping.source_columns) AS o (entry)
        ON o.entry ->> 'column' = n.entry ->> 'column'
    WHERE n.entry IS DISTINCT FROM o.entry;
    v_run.compare_time := clock_timestamp() - v_since;

    SELECT string_agg(DISTINCT needed.name, ', ') INTO v_missing
    FROM (
        SELECT c.name
        FROM data.mapping_fields AS f
        CROSS JOIN LATERAL (
            SELECT f.vendor_field AS name
            UNION ALL
            SELECT jsonb_array_elements_text(data.coercion_steps(f.coercion) #> '{0,concat}')
        ) AS c
        WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id
        UNION ALL VALUES (mapping.key_column), (mapping.cursor_column)
    ) AS needed (name)
    WHERE needed.name IS NOT NULL AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(v_found.source_columns) AS s (entry) WHERE s.entry ->> 'column' = needed.name
    );

    IF v_is_foreign THEN
        v_run.is_whole := v_is_full OR mapping.cursor_column IS NULL AND NOT mapping.is_resuming
            OR mapping.cursor_value IS NULL AND mapping.cursor_key IS NULL;
        IF NOT v_run.is_whole AND mapping.is_resuming THEN
            v_run.page_value := mapping.cursor_value;
            v_run.page_key := mapping.cursor_key;
        END IF;
        IF v_missing IS NULL AND (
            v_found.source_columns <> mapping.source_columns
            OR to_regclass(format('data_source.%I', data.source_object('rows', mapping.mapping_id))) IS NULL)
        THEN
            PERFORM data.build_source_table(
                connection, mapping.mapping_id, mapping.source_relation, v_found.source_columns);
        END IF;
        IF v_missing IS NULL AND v_run.is_whole THEN
            SELECT s.source_rows, s.failure_code, s.failure INTO v_rows, v_found.failure_code, v_found.failure
            FROM data.read_source(format(
                'SELECT data.estimated_rows(%L)', data.source_object('rows', mapping.mapping_id))) AS s;
            IF v_found.failure_code IS NOT NULL THEN
                RETURN data.end_run(connection, v_run, 'failed', v_found.failure_code, v_found.failure);
            END IF;
            v_estimate := (v_rows[1] #>> '{}')::bigint;
        END IF;
    ELSE
        SELECT r.* INTO v_relation
        FROM data.source_relations AS r
        WHERE r.tenant_id = mapping.tenant_id AND r.connection_id = mapping.connection_id
            AND r.relation = mapping.source_relation
        FOR KEY SHARE;
        v_run.page_value := COALESCE(v_relation.generation, 1)::text;
        v_run.is_whole := v_is_full OR mapping.cursor_value IS DISTINCT FROM v_run.page_value;
        v_run.page_key := CASE WHEN v_run.is_whole THEN '0' ELSE COALESCE(mapping.cursor_key, '0') END;
        v_estimate := CASE WHEN v_run.is_whole THEN v_relation.row_count
            ELSE greatest(v_relation.last_row_no - v_run.page_key::bigint, 0) END;
        -- A file may have been replaced since its columns were looked at.
        IF v_missing IS NULL AND connection.connection_type = 'filesource' AND v_run.is_whole THEN
            SELECT string_agg(f.vendor_field, ', ') INTO v_missing
            FROM data.mapping_fields AS f
            WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id
                AND v_relation.last_row_no > 0
                AND NOT EXISTS (
                    SELECT FROM data.source_rows AS s
                    WHERE s.tenant_id = mapping.tenant_id AND s.connection_id = mapping.connection_id
                        AND s.relation = mapping.source_relation AND s.generation = v_relation.generation
                        AND s.row_no <= v_sample_rows AND s.source_row ? f.vendor_field)
                AND v_relation.updated_at > (
                    SELECT max(n.last_seen_at) FROM data.schema_snapshots AS n
                    WHERE n.tenant_id = mapping.tenant_id AND n.connection_id = mapping.connection_id);
        END IF;
    END IF;

    IF v_missing IS NOT NULL THEN
        RETURN data.end_run(
            connection, v_run, 'failed', 'source_changed',
            format('The source no longer has a relation or column that is mapped: %s.', left(v_missing, 500)));
    END IF;
    EXECUTE format(
        'SELECT NOT EXISTS (SELECT FROM data.%I WHERE tenant_id = $1 AND source_connection_id = $2%s)',
        (SELECT e.relation_name FROM data.entities AS e WHERE e.entity = mapping.entity),
        CASE WHEN mapping.entity = 'record' THEN ' AND record_type = $3' ELSE '' END)
    INTO STRICT v_run.is_first USING mapping.tenant_id, mapping.connection_id, mapping.record_type;
    UPDATE data.sync_runs AS r
    SET is_whole = v_run.is_whole, is_first = v_run.is_first, drifted = v_run.drifted, page_value = v_run.page_value,
        page_key = v_run.page_key, compare_time = v_run.compare_time
    WHERE r.tenant_id = v_run.tenant_id AND r.sync_run_id = v_run.sync_run_id
    RETURNING r.* INTO STRICT v_run;
    UPDATE data.mappings AS m
    SET source_columns = v_found.source_columns, updated_at = now()
    WHERE m.tenant_id = mapping.tenant_id AND m.mapping_id = mapping.mapping_id
        AND m.source_columns <> v_found.source_columns;
    UPDATE data.syncs AS s
    SET rows_estimated = COALESCE(s.rows_estimated, 0) + v_estimate
    WHERE s.tenant_id = sync.tenant_id AND s.sync_id = sync.sync_id AND v_estimate IS NOT NULL;
    RETURN v_run;
END;
$$;
COMMENT ON FUNCTION data.begin_run(data.connections, data.mappings, data.syncs) IS 'Begins a mapping''s part of a sync.';
