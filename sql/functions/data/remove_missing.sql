-- Requires: functions/data/read_source.sql
-- Looks for records whose row has gone from the source, a page of records at a time: asks the source which of their keys
-- it has now. What was written meanwhile is therefore never taken for gone.
--
-- Role:    pgserver_owner
-- Takes:   key_type: the type of the key's column in the foreign table
-- Returns: the run, advanced; its phase is NULL when all records were looked at
CREATE OR REPLACE FUNCTION data.remove_missing(
    connection data.connections, mapping data.mappings, run data.sync_runs, key_type text)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET work_mem = '64MB'
AS $$
DECLARE
    v_page_rows CONSTANT int := 20000;
    v_run     data.sync_runs := run;
    v_table   text;
    v_match   text;
    v_keys    text[];
    v_gone    text[];
    v_there   jsonb[];
    v_count   bigint;
BEGIN
    SELECT e.relation_name INTO STRICT v_table FROM data.entities AS e WHERE e.entity = mapping.entity;
    v_match := format(
        't.tenant_id = %L AND t.source_connection_id = %L%s', mapping.tenant_id, mapping.connection_id,
        CASE WHEN mapping.entity = 'record' THEN format(' AND t.record_type = %L', mapping.record_type) ELSE '' END);
    EXECUTE format(
        'SELECT array_agg(k.source_key) FROM (SELECT t.source_key FROM data.%I AS t WHERE %s%s ORDER BY t.source_key LIMIT %s) AS k',
        v_table, v_match,
        CASE WHEN v_run.page_key IS NULL THEN '' ELSE format(' AND t.source_key > %L', v_run.page_key) END, v_page_rows)
    INTO v_keys;
    IF v_keys IS NULL THEN
        v_run.phase := NULL;
        RETURN v_run;
    END IF;

    IF key_type IS NOT NULL THEN
        SELECT s.source_rows, s.failure_code, s.failure INTO v_there, v_run.error_code, v_run.error
        FROM data.read_source(format(
            'SELECT array_agg(to_jsonb(r.k)) FROM (SELECT %1$I::text AS k FROM data_source.%2$I WHERE %1$I = ANY (%3$L::%4$s[])) AS r',
            mapping.key_column, data.source_object('rows', mapping.mapping_id),
            -- A key that is not of the column's type cannot be there.
            ARRAY(
                SELECT k.key FROM unnest(v_keys) AS k (key)
                WHERE CASE
                    WHEN key_type IN ('smallint', 'integer', 'bigint') THEN k.key ~ '^-?\d{1,18}$'
                        AND k.key::bigint BETWEEN
                            CASE key_type WHEN 'smallint' THEN -32768 WHEN 'integer' THEN -2147483648 ELSE -999999999999999999 END
                            AND CASE key_type WHEN 'smallint' THEN 32767 WHEN 'integer' THEN 2147483647 ELSE 999999999999999999 END
                    WHEN key_type = 'numeric' THEN k.key ~ '^-?\d+(\.\d+)?$'
                    WHEN key_type = 'uuid' THEN k.key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    ELSE true
                END),
            key_type
        )) AS s;
        IF v_run.error_code IS NOT NULL THEN
            RETURN v_run;
        END IF;
        v_gone := ARRAY(
            SELECT k.key FROM unnest(v_keys) AS k (key)
            EXCEPT SELECT r.entry #>> '{}' FROM unnest(v_there) AS r (entry));
    ELSIF mapping.key_column IS NULL OR EXISTS (
        SELECT FROM data.source_relations AS r
        WHERE r.tenant_id = mapping.tenant_id AND r.connection_id = mapping.connection_id
            AND r.relation = mapping.source_relation AND r.key_field IS NOT NULL)
    THEN
        v_gone := ARRAY(
            SELECT k.key FROM unnest(v_keys) AS k (key)
            WHERE NOT EXISTS (
                SELECT FROM data.source_rows AS s
                WHERE s.tenant_id = mapping.tenant_id AND s.connection_id = mapping.connection_id
                    AND s.relation = mapping.source_relation AND s.generation = v_run.page_value::int
                    AND s.source_key = k.key AND NOT s.is_deleted)
            AND NOT EXISTS (
                SELECT FROM data.source_rows AS s
                WHERE s.tenant_id = mapping.tenant_id AND s.connection_id = mapping.connection_id
                    AND s.relation = mapping.source_relation AND s.generation = v_run.page_value::int
                    AND s.row_no = CASE WHEN k.key ~ '^\d{1,18}$' THEN k.key::bigint END
                    AND s.source_key IS NULL AND NOT s.is_deleted));
    ELSE
        v_gone := ARRAY(
            SELECT k.key FROM unnest(v_keys) AS k (key)
            EXCEPT
            SELECT s.source_row ->> mapping.key_column
            FROM data.source_rows AS s
            WHERE s.tenant_id = mapping.tenant_id AND s.connection_id = mapping.connection_id
                AND s.relation = mapping.source_relation AND s.generation = v_run.page_value::int AND NOT s.is_deleted);
    END IF;

    IF cardinality(v_gone) > 0 THEN
        EXECUTE format(
            CASE mapping.on_removal
                WHEN 'mark' THEN 'UPDATE data.%I AS t SET source_removed_at = now(), updated_at = now(), sync_run_id = $2'
                    ' WHERE %s AND t.source_key = ANY ($1) AND t.source_removed_at IS NULL'
                ELSE 'DELETE FROM data.%I AS t WHERE %s AND t.source_key = ANY ($1)'
            END, v_table, v_match)
        USING v_gone, v_run.sync_run_id;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_run.rows_removed := v_run.rows_removed + v_count;
    END IF;
    IF cardinality(v_keys) < v_page_rows THEN
        v_run.phase := NULL;
    END IF;
    v_run.page_key := v_keys[cardinality(v_keys)];
    RETURN v_run;
END;
$$;
COMMENT ON FUNCTION data.remove_missing(data.connections, data.mappings, data.sync_runs, text) IS
    'Looks for records whose row has gone from the source.';
