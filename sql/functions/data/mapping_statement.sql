-- Requires: functions/data/coercion_sql.sql
-- Requires: functions/data/canonical_fields.sql
-- Requires: functions/data/record_id.sql
-- Writes the statement that turns one page of a source into records: reads it, turns each field, writes only records
-- that really differ, and keeps what cannot be turned, with its reasons, among the rejects.
--
-- Nobody else writes records of the connection meanwhile, so that a row without a record can be inserted as new.
--
-- Role:    pgserver_owner
-- Takes:   page: the SELECT of the page, in the order in which it is read, with the columns of the source, or, of rows
--          that are kept here, row_no, source_key, source_row and is_deleted. columns: {column: type} of the foreign
--          table; NULL for rows that are kept here. is_first: there is no record of the mapping yet. is_repeating: a key
--          occurs twice, of which the last row counts. fault: a code for every row of the page. is_healing: there are
--          rejects that may have healed.
-- Returns: the statement. $1 run, $2 tenant. It returns rows_read, rows_rejected, rows_inserted, rows_updated,
--          rows_removed, bytes_read, rows_repeated, last_value and last_key: where the page ended.
CREATE OR REPLACE FUNCTION data.mapping_statement(
    connection data.connections, mapping data.mappings, page text, columns jsonb, is_first boolean DEFAULT false,
    is_repeating boolean DEFAULT false, fault text DEFAULT NULL, is_healing boolean DEFAULT true)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_pairs_max  CONSTANT int := 50;  -- a function takes 100 arguments
    v_is_foreign CONSTANT boolean := columns IS NOT NULL;
    v_is_record  CONSTANT boolean := mapping.entity = 'record';
    v_is_deleted CONSTANT text    := CASE WHEN columns IS NOT NULL THEN 'false' ELSE 'r.is_deleted' END;
    v_entity   data.entities;
    v_field    record;
    v_sql      record;
    v_position int := 0;
    v_input    text;
    v_join     jsonb;
    v_key      text;
    v_row      text;
    v_bytes    text;
    v_helpers  text := '';
    v_bad      text := '';
    v_faults   text := '';
    v_used     text[] := ARRAY[mapping.key_column];
    v_names    text[] := '{}';
    v_values   text[] := '{}';
    v_objects  text;
    v_extras   text := '''{}''::jsonb';
    v_set      text := '';
    v_differs  text := '';
    v_key_match  text;
    v_gone_match text;
BEGIN
    SELECT e.* INTO STRICT v_entity FROM data.entities AS e WHERE e.entity = mapping.entity;
    v_key := CASE
        WHEN v_is_foreign THEN format('r.%I::text', mapping.key_column)
        WHEN mapping.key_column IS NULL THEN 'COALESCE(r.source_key, r.row_no::text)'
        ELSE format('COALESCE(r.source_key, r.source_row ->> %L)', mapping.key_column)
    END;

    FOR v_field IN
        SELECT f.canonical_field AS name, f.vendor_field, d.data_type, d.is_required, e.id_prefix, e.entity,
            data.coercion_steps(f.coercion) AS steps
        FROM data.mapping_fields AS f
        JOIN data.canonical_fields(mapping.entity, mapping.record_type) AS d ON d.field = f.canonical_field
        LEFT JOIN data.entities AS e ON e.entity = d.referenced_entity
        WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id
        ORDER BY f.canonical_field
    LOOP
        v_position := v_position + 1;
        v_used := v_used || v_field.vendor_field;
        v_join := v_field.steps #> '{0,concat}';
        IF v_join IS NOT NULL THEN
            SELECT format('concat_ws(%L, %s)', COALESCE(v_field.steps #>> '{0,separator}', ' '), string_agg(
                CASE WHEN v_is_foreign THEN format('nullif(r.%I::text, '''')', c.name)
                    ELSE format('nullif(r.source_row ->> %L, '''')', c.name) END, ', ' ORDER BY c.position))
            INTO v_input
            FROM (
                SELECT v_field.vendor_field AS name, 0 AS position
                UNION ALL
                SELECT j.name, j.position FROM jsonb_array_elements_text(v_join) WITH ORDINALITY AS j (name, position)
            ) AS c;
        ELSIF v_is_foreign THEN
            v_input := format('r.%I', v_field.vendor_field);
        ELSE
            v_input := format('(r.source_row %s %L)',
                CASE WHEN v_field.data_type = 'json' AND v_field.steps IS NULL THEN '->' ELSE '->>' END, v_field.vendor_field);
        END IF;
        SELECT c.* INTO STRICT v_sql
        FROM data.coercion_sql(
            v_input,
            CASE
                WHEN v_join IS NOT NULL THEN 'text'
                WHEN v_is_foreign THEN columns ->> v_field.vendor_field
                WHEN v_field.data_type = 'json' AND v_field.steps IS NULL THEN 'jsonb'
                ELSE 'text'
            END,
            CASE WHEN v_join IS NOT NULL THEN v_field.steps - 0 ELSE v_field.steps END,
            v_field.data_type, NOT v_is_record, 'q' || v_position) AS c;
        IF v_sql.helper IS NOT NULL THEN
            v_helpers := v_helpers || format(E',\n            %s AS %I', v_sql.helper, 'q' || v_position);
        END IF;
        IF v_field.is_required THEN
            v_sql.fault := CASE WHEN v_sql.fault IS NULL
                THEN format('CASE WHEN %s IS NULL THEN ''required'' END', v_sql.value)
                ELSE format('COALESCE(%s, CASE WHEN %s IS NULL THEN ''required'' END)', v_sql.fault, v_sql.value)
            END;
        END IF;
        IF v_sql.fault IS NOT NULL THEN
            v_bad := v_bad || format(E'\n            OR %s IS NOT NULL', v_sql.fault);
            v_faults := v_faults || format(
                E',\n        CASE WHEN %1$s IS NOT NULL THEN jsonb_build_object('
                '''field'', %2$L::text, ''vendor_field'', %3$L::text, ''code'', %1$s) END',
                v_sql.fault, v_field.name, v_field.vendor_field);
        END IF;
        IF v_field.id_prefix IS NOT NULL THEN
            v_sql.value := format(
                'data.record_id(%L, %L, %L, %s)', v_field.id_prefix, mapping.connection_id, v_field.entity, v_sql.value);
        ELSIF NOT v_is_record AND v_field.name IN ('created_at', 'updated_at') THEN
            v_sql.value := format('COALESCE(%s, now())', v_sql.value);
        END IF;
        v_names := v_names || v_field.name;
        v_values := v_values || v_sql.value;
    END LOOP;

    -- What the record holds besides what every record has.
    SELECT string_agg(format('jsonb_build_object(%s)', g.pairs), ' || ' ORDER BY g.number)
    INTO v_objects
    FROM (
        SELECT (n.position - 1) / v_pairs_max AS number,
            string_agg(format('%L, %s', n.name, v_values[n.position]), ', ' ORDER BY n.position) AS pairs
        FROM unnest(v_names) WITH ORDINALITY AS n (name, position)
        GROUP BY (n.position - 1) / v_pairs_max
    ) AS g;
    IF v_is_record THEN
        v_names := ARRAY['record_type', 'fields'];
        v_values := ARRAY[quote_literal(mapping.record_type), format('jsonb_strip_nulls(%s)', v_objects)];
        v_set := ', fields = n.fields, updated_at = now()';
        v_differs := ' OR t.fields <> n.fields';
    ELSE
        IF mapping.keeps_extras AND NOT v_is_foreign THEN
            v_extras := format('jsonb_strip_nulls(r.source_row - %L::text[])', array_remove(v_used, NULL));
        ELSIF mapping.keeps_extras THEN
            SELECT format('jsonb_strip_nulls(%s)', string_agg(format('jsonb_build_object(%s)', g.pairs), ' || ' ORDER BY g.number))
            INTO v_extras
            FROM (
                SELECT (c.position - 1) / v_pairs_max AS number,
                    string_agg(format('%1$L, r.%1$I', c.name), ', ' ORDER BY c.position) AS pairs
                FROM (
                    SELECT k.name, row_number() OVER (ORDER BY k.name) AS position
                    FROM jsonb_object_keys(columns) AS k (name)
                    WHERE k.name <> ALL (v_used)
                ) AS c
                GROUP BY (c.position - 1) / v_pairs_max
            ) AS g;
            v_extras := COALESCE(v_extras, '''{}''::jsonb');
        END IF;
        -- A time the source leaves empty is now() on arrival and is no difference afterwards.
        SELECT
            string_agg(CASE n.name
                WHEN 'created_at' THEN ', created_at = CASE WHEN n.created_at = now() THEN t.created_at ELSE n.created_at END'
                ELSE format(', %1$I = n.%1$I', n.name) END, ''),
            string_agg(CASE WHEN n.name IN ('created_at', 'updated_at')
                THEN format(' OR t.%1$I <> n.%1$I AND n.%1$I <> now()', n.name)
                ELSE format(' OR t.%1$I IS DISTINCT FROM n.%1$I', n.name) END, '')
        INTO v_set, v_differs
        FROM unnest(v_names) AS n (name);
        IF 'updated_at' <> ALL (v_names) THEN
            v_set := v_set || ', updated_at = now()';
        END IF;
        v_names := v_names || ARRAY['extras', 'external_ids'];
        v_values := v_values || ARRAY[v_extras, format('jsonb_build_object(%L::text, r.page_source_key)', connection.source_system)];
        v_set := v_set || ', extras = n.extras, external_ids = n.external_ids';
        v_differs := v_differs || ' OR t.extras <> n.extras OR t.external_ids <> n.external_ids';
    END IF;

    IF v_is_foreign THEN
        SELECT string_agg(format('COALESCE(pg_column_size(r.%I), 0)', k.name), ' + ')
        INTO v_bytes
        FROM jsonb_each_text(columns) AS k (name, type);
        SELECT string_agg(format('jsonb_build_object(%s)', g.pairs), ' || ' ORDER BY g.number)
        INTO v_row
        FROM (
            SELECT (c.position - 1) / v_pairs_max AS number,
                string_agg(format('%1$L, r.%1$I', c.name), ', ' ORDER BY c.position) AS pairs
            FROM (SELECT k.name, row_number() OVER () AS position FROM jsonb_object_keys(columns) AS k (name)) AS c
            GROUP BY (c.position - 1) / v_pairs_max
        ) AS g;
    ELSE
        v_bytes := 'pg_column_size(r.source_row)';
        v_row := 'r.source_row';
    END IF;
    v_key_match := format(
        't.tenant_id = $2 AND t.source_connection_id = %L::uuid AND t.source_key = n.source_key%s', mapping.connection_id,
        CASE WHEN v_is_record THEN format(' AND t.record_type = %L', mapping.record_type) ELSE '' END);
    v_gone_match := replace(
        v_key_match, 't.source_key = n.source_key',
        't.source_key = ANY (ARRAY(SELECT r.page_source_key FROM page AS r WHERE r.is_deleted))');

    RETURN format($statement$
WITH page AS MATERIALIZED (
    SELECT r.*, %1$s AS has_faults
    FROM (
        SELECT r.*, %2$s AS page_source_key%3$s%4$s
        FROM (SELECT r.*, row_number() OVER () AS page_no FROM (%5$s) AS r) AS r
        OFFSET 0
    ) AS r
)$statement$,
        CASE WHEN mapping_statement.fault IS NOT NULL THEN 'true' ELSE format(
            '(r.page_source_key IS NULL%s%s)',
            CASE WHEN is_repeating THEN ' OR r.page_occurrence > 1' ELSE '' END, v_bad) END,
        v_key,
        CASE WHEN is_repeating THEN format(
            ', row_number() OVER (PARTITION BY %s ORDER BY r.page_no DESC) AS page_occurrence', v_key) ELSE '' END,
        v_helpers, page)
    || format($statement$, rejected AS (
    INSERT INTO data.sync_rejects AS j (tenant_id, mapping_id, reject_key, source_key, sync_run_id, faults, source_row)
    SELECT DISTINCT ON (x.reject_key) $2, %1$L::uuid, x.reject_key, x.source_key, $1, to_jsonb(x.faults), x.source_row
    FROM (
        SELECT
            CASE
                WHEN r.page_source_key IS NULL%2$s
                    THEN 'row:' || encode(sha256(convert_to((%3$s)::text, 'UTF8')), 'hex')
                ELSE 'key:' || r.page_source_key
            END AS reject_key,
            r.page_source_key AS source_key,
            array_remove(ARRAY[
                CASE WHEN r.page_source_key IS NULL THEN '{"field": null, "vendor_field": %4$s, "code": "missing_key"}'::jsonb%5$s END%6$s%7$s
            ], NULL) AS faults,
            %3$s AS source_row
        FROM page AS r
        WHERE r.has_faults AND NOT %8$s
    ) AS x
    ON CONFLICT ON CONSTRAINT sync_rejects_pkey DO UPDATE
    SET faults = EXCLUDED.faults, source_row = EXCLUDED.source_row, sync_run_id = EXCLUDED.sync_run_id,
        last_seen_at = EXCLUDED.last_seen_at
)$statement$,
            mapping.mapping_id,
            CASE WHEN is_repeating THEN ' OR r.page_occurrence > 1' ELSE '' END,
            v_row,
            replace(COALESCE(to_jsonb(mapping.key_column)::text, 'null'), '''', ''''''),
            CASE WHEN is_repeating THEN format(
                ' WHEN r.page_occurrence > 1 THEN ''{"field": null, "vendor_field": %s, "code": "duplicate_key"}''::jsonb',
                replace(COALESCE(to_jsonb(mapping.key_column)::text, 'null'), '''', '''''')) ELSE '' END,
            CASE WHEN mapping_statement.fault IS NOT NULL THEN format(
                ', jsonb_build_object(''field'', null, ''vendor_field'', null, ''code'', %L::text)', mapping_statement.fault)
                ELSE '' END,
            CASE WHEN mapping_statement.fault IS NULL THEN v_faults ELSE '' END, v_is_deleted)
    || CASE WHEN is_healing THEN format($statement$, healed AS (
    DELETE FROM data.sync_rejects AS j
    WHERE j.tenant_id = $2 AND j.mapping_id = %1$L::uuid AND j.reject_key = ANY (ARRAY(
        SELECT 'key:' || r.page_source_key FROM page AS r WHERE NOT r.has_faults OR %2$s))
)$statement$, mapping.mapping_id, v_is_deleted) ELSE '' END
    || format($statement$, new_rows AS %1$s (
    SELECT r.page_source_key AS source_key, %2$s
    FROM page AS r
    WHERE NOT r.has_faults AND NOT %3$s
)$statement$,
        'NOT MATERIALIZED',
        (SELECT string_agg(format('%s AS %I', v_values[n.position],  n.name), ', ' ORDER BY n.position)
         FROM unnest(v_names) WITH ORDINALITY AS n (name, position)),
        v_is_deleted)
    -- Each row asks the index for its record, whatever the planner thinks of the table: it may have been empty a moment ago.
    || CASE WHEN is_first THEN '' ELSE format($statement$, joined AS MATERIALIZED (
    SELECT n.*, o.record_place, o.is_other
    FROM new_rows AS n
    LEFT JOIN LATERAL (
        SELECT t.ctid AS record_place,
            t.source_removed_at IS NOT NULL OR t.source_relation <> %3$L OR t.source_system <> %2$L%6$s AS is_other
        FROM data.%1$I AS t
        WHERE %5$s
        LIMIT 1
    ) AS o ON true
), updated AS (
    UPDATE data.%1$I AS t
    SET source_system = %2$L, source_relation = %3$L, source_removed_at = NULL, sync_run_id = $1, synced_at = now()%4$s
    FROM joined AS n
    WHERE n.is_other AND t.ctid = n.record_place AND %5$s
    RETURNING 1
)$statement$, v_entity.relation_name, connection.source_system, mapping.source_relation, v_set, v_key_match, v_differs) END
    || format($statement$, inserted AS (
    INSERT INTO data.%1$I (
        tenant_id, %2$I, source_system, source_connection_id, source_relation, source_key, sync_run_id, synced_at, %3$s)
    SELECT $2, data.record_id(%4$L, %5$L, %6$L, n.source_key), %7$L, %5$L::uuid, %8$L, n.source_key, $1, now(), %9$s
    FROM %10$s
    RETURNING 1
)$statement$,
        v_entity.relation_name, v_entity.id_column,
        (SELECT string_agg(quote_ident(n.name), ', ' ORDER BY n.position) FROM unnest(v_names) WITH ORDINALITY AS n (name, position)),
        v_entity.id_prefix, mapping.connection_id, COALESCE(mapping.record_type, mapping.entity), connection.source_system,
        mapping.source_relation,
        (SELECT string_agg(format('n.%I', n.name), ', ' ORDER BY n.position) FROM unnest(v_names) WITH ORDINALITY AS n (name, position)),
        CASE WHEN is_first THEN 'new_rows AS n' ELSE 'joined AS n WHERE n.record_place IS NULL' END)
    || CASE WHEN v_is_foreign THEN '' WHEN mapping.on_removal = 'delete' THEN format($statement$, removed AS (
    DELETE FROM data.%1$I AS t
    WHERE %2$s
    RETURNING 1
)$statement$, v_entity.relation_name, v_gone_match)
        ELSE format($statement$, removed AS (
    UPDATE data.%1$I AS t
    SET source_removed_at = now(), updated_at = now(), sync_run_id = $1
    WHERE t.source_removed_at IS NULL AND %2$s
    RETURNING 1
)$statement$, v_entity.relation_name, v_gone_match) END
    || format($statement$
SELECT
    (SELECT count(*) FROM page AS r WHERE NOT %1$s)                   AS rows_read,
    (SELECT count(*) FROM page AS r WHERE r.has_faults AND NOT %1$s)  AS rows_rejected,
    (SELECT count(*) FROM inserted)                                   AS rows_inserted,
    %2$s                                                              AS rows_updated,
    %3$s                                                              AS rows_removed,
    (SELECT COALESCE(sum(%4$s), 0) FROM page AS r)                    AS bytes_read,
    %5$s                                                              AS rows_repeated,
    (SELECT count(*) FROM page)                                       AS page_rows,
    (SELECT %6$s FROM page AS r ORDER BY r.page_no DESC LIMIT 1)      AS last_value,
    (SELECT %7$s FROM page AS r ORDER BY r.page_no DESC LIMIT 1)      AS last_key
$statement$,
        v_is_deleted,
        CASE WHEN is_first THEN '0::bigint' ELSE '(SELECT count(*) FROM updated)' END,
        CASE WHEN v_is_foreign THEN '0::bigint' ELSE '(SELECT count(*) FROM removed)' END,
        v_bytes,
        -- A key that is not unique would be written twice.
        CASE WHEN is_first OR is_repeating THEN '0::bigint'
            ELSE '(SELECT count(r.page_source_key) - count(DISTINCT r.page_source_key) FROM page AS r)' END,
        CASE WHEN v_is_foreign AND mapping.cursor_column IS NOT NULL
            THEN format('to_jsonb(r.%I) #>> ''{}''', mapping.cursor_column) ELSE 'NULL::text' END,
        CASE WHEN v_is_foreign THEN format('r.%I::text', mapping.key_column) ELSE 'r.row_no::text' END);
END;
$$;
COMMENT ON FUNCTION data.mapping_statement(
    data.connections, data.mappings, text, jsonb, boolean, boolean, text, boolean) IS
    'Writes the statement that turns one page of a source into records.';
