-- Requires: functions/data/mapping_statement.sql
-- Requires: functions/data/publish_stages.sql
-- Reads what is new in one mapped relation. Records, rejects, lineage, cursor and the run's own row are of one
-- transaction: if the source fails midway, what came before stays and the cursor stands exactly behind it.
--
-- With a cursor column a run begins at the last value seen, less the lag, and not behind it: rows that share that value
-- or were committed late are read again, which the upsert makes harmless. Inside a run (cursor, key) pages on, so ties
-- cannot stall it. Rows without a cursor value are read at the end of every run. Without a cursor column the whole
-- relation is read, in the order of its key, and rows it no longer has are marked or deleted if the mapping says so.
--
-- Role:    pgserver_owner
-- Returns: the run, whose stages are published as events
CREATE OR REPLACE FUNCTION data.sync_mapping(
    connection data.connections, mapping data.mappings, max_rows int, is_full boolean)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
AS $$
DECLARE
    v_batch_rows_max   CONSTANT int    := 2000;
    v_reject_count_max CONSTANT bigint := 10000;
    v_table   CONSTANT text := data.source_object('rows', mapping.mapping_id);
    v_key     CONSTANT text := quote_ident(mapping.key_column);
    v_cursor  CONSTANT text := quote_ident(mapping.cursor_column);
    v_run     data.sync_runs;
    v_entity  data.entities;
    v_found   record;
    v_counts  record;
    v_columns text;
    v_key_type    text;
    v_cursor_type text;
    v_statement   text;
    v_phase   text := CASE WHEN mapping.cursor_column IS NULL THEN 'key' ELSE 'cursor' END;
    v_where   text;
    v_limit   int;
    v_rows    jsonb[];
    v_count   int;
    v_seen    text[] := '{}';
    v_cursor_value text := mapping.cursor_value;
    v_cursor_key   text := mapping.cursor_key;
    v_page_key     text;
    v_is_resuming  boolean := mapping.is_resuming AND NOT is_full;
    v_is_whole CONSTANT boolean := mapping.cursor_column IS NULL AND NOT v_is_resuming;
    v_times    data.stage_times := ('0', '0', '0', '0');
    v_since    timestamptz := clock_timestamp();
    v_drifted  int := 0;
BEGIN
    SELECT e.* INTO STRICT v_entity FROM data.entities AS e WHERE e.entity = mapping.entity;
    INSERT INTO data.sync_runs AS r (tenant_id, connection_id, mapping_id, entity, cursor_before)
    VALUES (mapping.tenant_id, mapping.connection_id, mapping.mapping_id, mapping.entity, mapping.cursor_value)
    RETURNING r.* INTO STRICT v_run;
    PERFORM core.cause('sync_run', v_run.sync_run_id::text);

    SELECT c.* INTO v_found FROM data.source_columns(connection, mapping.source_relation) AS c;
    v_times.compared := clock_timestamp() - v_since;
    IF v_found.failure_code IS NULL THEN
        SELECT count(*) INTO v_drifted
        FROM jsonb_array_elements(v_found.source_columns) AS n (entry)
        FULL JOIN jsonb_array_elements(mapping.source_columns) AS o (entry)
            ON o.entry ->> 'column' = n.entry ->> 'column'
        WHERE n.entry IS DISTINCT FROM o.entry;
    END IF;
    IF v_found.failure_code IS NULL AND EXISTS (
        SELECT
        FROM (
            SELECT f.vendor_field
            FROM data.mapping_fields AS f
            WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id
            UNION VALUES (mapping.key_column), (COALESCE(mapping.cursor_column, mapping.key_column))
        ) AS needed (name)
        WHERE NOT EXISTS (
            SELECT FROM jsonb_array_elements(v_found.source_columns) AS s (entry) WHERE s.entry ->> 'column' = needed.name
        )
    ) THEN
        v_found.failure_code := 'source_changed';
        v_found.failure := 'The source no longer has a relation or column that is mapped.';
    END IF;
    v_run.error_code := v_found.failure_code;
    v_run.error := v_found.failure;

    IF v_run.error_code IS NULL THEN
        IF v_found.source_columns IS DISTINCT FROM mapping.source_columns THEN
            PERFORM data.build_source_table(
                connection, mapping.mapping_id, mapping.source_relation, v_found.source_columns);
        END IF;
        SELECT
            string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
            min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attname = mapping.key_column),
            min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attname = mapping.cursor_column)
        INTO v_columns, v_key_type, v_cursor_type
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = format('data_source.%I', v_table)::regclass AND a.attnum > 0 AND NOT a.attisdropped;
        v_statement := data.mapping_statement(connection, mapping);

        -- Where to begin. A cursor that lies in the future would hide all that happens until then.
        v_where := CASE
            WHEN is_full OR v_cursor_value IS NULL AND v_cursor_key IS NULL THEN 'true'
            WHEN v_phase = 'key' THEN
                CASE WHEN v_is_resuming THEN format('%s > %L::%s', v_key, v_cursor_key, v_key_type) ELSE 'true' END
            WHEN v_is_resuming THEN format(
                '%1$s >= %2$L::%3$s AND (%1$s > %2$L::%3$s OR %4$s > %5$L::%6$s)',
                v_cursor, v_cursor_value, v_cursor_type, v_key, v_cursor_key, v_key_type)
            WHEN v_cursor_type LIKE 'timestamp%' THEN format(
                '%s >= %L::%s', v_cursor,
                least(v_cursor_value::timestamptz, now()) - make_interval(secs => mapping.cursor_lag_seconds),
                v_cursor_type)
            WHEN v_cursor_type = 'date' THEN format('%s >= %L::date', v_cursor, least(v_cursor_value::date, current_date))
            ELSE format('%s >= %L::%s', v_cursor, v_cursor_value, v_cursor_type)
        END;
        IF v_phase = 'cursor' THEN
            v_where := v_where || format(' AND %s IS NOT NULL', v_cursor);
        END IF;

        LOOP
            v_limit := least(v_batch_rows_max, max_rows - v_run.rows_read);
            IF v_limit <= 0 THEN
                v_run.status := 'partial';
                EXIT;
            END IF;
            v_since := clock_timestamp();
            SELECT s.source_rows, s.failure_code, s.failure
            INTO v_rows, v_run.error_code, v_run.error
            FROM data.read_source(format(
                'SELECT array_agg(to_jsonb(r)) FROM (SELECT %s FROM data_source.%I WHERE %s ORDER BY %s LIMIT %s) AS r',
                v_columns, v_table, v_where,
                CASE v_phase WHEN 'cursor' THEN v_cursor || ', ' || v_key ELSE v_key END, v_limit
            )) AS s;
            v_times.ingested := v_times.ingested + (clock_timestamp() - v_since);
            EXIT WHEN v_run.error_code IS NOT NULL;

            v_count := COALESCE(cardinality(v_rows), 0);
            IF v_count > 0 THEN
                v_since := clock_timestamp();
                EXECUTE v_statement INTO STRICT v_counts USING v_rows, v_run.sync_run_id, mapping.tenant_id;
                v_times.canonicalized := v_times.canonicalized + (clock_timestamp() - v_since);
                v_run.rows_read      := v_run.rows_read + v_count;
                v_run.rows_rejected  := v_run.rows_rejected + v_counts.rows_rejected;
                v_run.rows_inserted  := v_run.rows_inserted + v_counts.rows_inserted;
                v_run.rows_updated   := v_run.rows_updated + v_counts.rows_updated;
                v_run.rows_unchanged := v_run.rows_read
                    - v_run.rows_rejected - v_run.rows_inserted - v_run.rows_updated;
                v_run.bytes_read     := v_run.bytes_read
                    + (SELECT sum(octet_length(b.entry::text)) FROM unnest(v_rows) AS b (entry));
                v_page_key := v_rows[v_count] ->> mapping.key_column;
                IF v_phase <> 'nulls' THEN
                    v_cursor_key := v_page_key;
                    v_cursor_value := v_rows[v_count] ->> mapping.cursor_column;
                END IF;
                IF v_is_whole AND mapping.on_removal <> 'keep' THEN
                    v_seen := v_seen || ARRAY(SELECT b.entry ->> mapping.key_column FROM unnest(v_rows) AS b (entry));
                END IF;
            END IF;

            IF v_run.rows_rejected > 0 AND v_reject_count_max < (
                SELECT count(*)
                FROM data.sync_rejects AS j
                WHERE j.tenant_id = mapping.tenant_id AND j.mapping_id = mapping.mapping_id
            ) THEN
                v_run.error_code := 'too_many_rejects';
                v_run.error := format(
                    'More than %s rows of the source could not be turned into records. Correct the mapping.', v_reject_count_max);
                EXIT;
            END IF;

            IF v_count < v_limit OR v_page_key IS NULL THEN
                EXIT WHEN v_phase <> 'cursor';
                v_phase := 'nulls';
                v_where := format('%s IS NULL', v_cursor);
            ELSIF v_phase = 'cursor' THEN
                v_where := format(
                    '%1$s >= %2$L::%3$s AND (%1$s > %2$L::%3$s OR %4$s > %5$L::%6$s)',
                    v_cursor, v_cursor_value, v_cursor_type, v_key, v_cursor_key, v_key_type);
            ELSE
                v_where := format('%s > %L::%s', v_key, v_page_key, v_key_type)
                    || CASE v_phase WHEN 'nulls' THEN format(' AND %s IS NULL', v_cursor) ELSE '' END;
            END IF;
        END LOOP;
    END IF;

    IF v_run.status = 'running' AND v_run.error_code IS NULL THEN
        v_run.status := 'succeeded';
        IF v_is_whole AND mapping.on_removal <> 'keep' THEN
            -- A source that suddenly shows nothing is more likely broken than empty.
            IF v_run.rows_read = 0 THEN
                v_run.status := 'partial';
                v_run.error_code := 'source_empty';
                v_run.error := 'The relation is empty now. Its records were left as they are.';
            ELSIF mapping.on_removal = 'mark' THEN
                EXECUTE format(
                    'UPDATE data.%I AS t SET source_removed_at = now(), updated_at = now(), sync_run_id = $4'
                    ' WHERE t.tenant_id = $1 AND t.source_connection_id = $2 AND t.source_removed_at IS NULL'
                    ' AND NOT EXISTS (SELECT FROM unnest($3) AS s (source_key) WHERE s.source_key = t.source_key)',
                    v_entity.relation_name
                ) USING mapping.tenant_id, mapping.connection_id, v_seen, v_run.sync_run_id;
            ELSE
                EXECUTE format(
                    'DELETE FROM data.%I AS t'
                    ' WHERE t.tenant_id = $1 AND t.source_connection_id = $2'
                    ' AND NOT EXISTS (SELECT FROM unnest($3) AS s (source_key) WHERE s.source_key = t.source_key)',
                    v_entity.relation_name
                ) USING mapping.tenant_id, mapping.connection_id, v_seen;
            END IF;
            IF v_run.error_code IS NULL THEN
                GET DIAGNOSTICS v_run.rows_removed = ROW_COUNT;
            END IF;
        END IF;
    ELSIF v_run.status = 'running' THEN
        v_run.status := 'failed';
    END IF;

    v_since := clock_timestamp();
    -- A run that ended early goes on exactly behind its last row; a whole one begins anew.
    v_is_resuming := v_run.status <> 'succeeded' AND v_phase <> 'nulls' AND v_cursor_key IS NOT NULL
        AND (v_run.rows_read > 0 OR v_is_resuming);
    UPDATE data.mappings AS m
    SET cursor_value = v_cursor_value,
        cursor_key = v_cursor_key,
        is_resuming = v_is_resuming,
        source_columns = COALESCE(v_found.source_columns, m.source_columns),
        updated_at = now()
    WHERE m.tenant_id = mapping.tenant_id AND m.mapping_id = mapping.mapping_id
        AND (m.cursor_value, m.cursor_key, m.is_resuming, m.source_columns) IS DISTINCT FROM
            (v_cursor_value, v_cursor_key, v_is_resuming, COALESCE(v_found.source_columns, m.source_columns));
    UPDATE data.sync_runs AS r
    SET status = v_run.status, finished_at = clock_timestamp(), rows_read = v_run.rows_read,
        rows_inserted = v_run.rows_inserted, rows_updated = v_run.rows_updated, rows_unchanged = v_run.rows_unchanged,
        rows_rejected = v_run.rows_rejected, rows_removed = v_run.rows_removed, bytes_read = v_run.bytes_read,
        cursor_after = v_cursor_value, error_code = v_run.error_code, error = v_run.error
    WHERE r.tenant_id = v_run.tenant_id AND r.sync_run_id = v_run.sync_run_id
    RETURNING r.* INTO STRICT v_run;
    v_times.journaled := clock_timestamp() - v_since;
    PERFORM core.cause();
    PERFORM data.publish_stages(connection, v_run, v_times, v_drifted);
    RETURN v_run;
END;
$$;
COMMENT ON FUNCTION data.sync_mapping(data.connections, data.mappings, int, boolean) IS 'Reads what is new in one mapped relation.';
