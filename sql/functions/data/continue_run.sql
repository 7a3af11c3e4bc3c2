-- Requires: functions/data/end_run.sql
-- Requires: functions/data/mapping_statement.sql
-- Requires: functions/data/remove_missing.sql
-- Requires: functions/data/write_page.sql
-- Reads the next pages of a run. Records, rejects, lineage, cursor and counts are of one transaction: whatever happens
-- afterwards, what came before stays and the cursor stands exactly behind it.
--
-- With a cursor column a run begins at the last value seen, less the lag, and not behind it: rows that share that value
-- or were committed late are read again, which is harmless. Inside a run (cursor, key) pages on, so ties cannot stall
-- it. Rows without a cursor value are read at the end of every run. Without a cursor column the whole relation is read,
-- in the order of its key. Rows that are kept here are read in the order of their numbers. Then, if the run has seen
-- everything, records whose row has gone are looked for.
--
-- Role:    pgserver_owner
-- Takes:   rows_max: how many more rows the run may read; NULL: all. pause_after: when to stop and go on in another
--          transaction; NULL: never
-- Returns: the run; its status is running if there is more to do
CREATE OR REPLACE FUNCTION data.continue_run(
    connection data.connections, run data.sync_runs, rows_max bigint DEFAULT NULL, pause_after interval DEFAULT NULL)
RETURNS data.sync_runs LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
AS $$
#variable_conflict use_column
DECLARE
    v_page_rows_first  CONSTANT int    := 2000;
    v_page_rows_max    CONSTANT int    := 100000;
    v_page_rows_least  CONSTANT int    := 100;
    v_page_bytes_max   CONSTANT bigint := 64 * 1024 * 1024;
    v_reject_count_max CONSTANT bigint := 10000;
    v_begun_at   CONSTANT timestamptz := clock_timestamp();
    v_is_foreign CONSTANT boolean := data.is_foreign_source(connection.connection_type);
    v_run      data.sync_runs := run;
    v_mapping  data.mappings;
    v_table    text;
    v_columns  jsonb;
    v_list     text;
    v_key      text;
    v_cursor   text;
    v_key_type    text;
    v_cursor_type text;
    v_where    text;
    v_page     text;
    v_limit    bigint;
    v_limit_small bigint;
    v_is_first boolean := run.is_first;
    v_is_repeating boolean;
    v_fault    text;
    v_is_healing boolean;
    v_written  record;
    v_counts   jsonb;
    v_is_last  boolean;
    v_since    timestamptz;
    v_left     bigint := rows_max;
    v_generation int;
BEGIN
    SELECT m.* INTO v_mapping
    FROM data.mappings AS m
    WHERE m.tenant_id = v_run.tenant_id AND m.mapping_id = v_run.mapping_id;
    IF NOT FOUND THEN
        RETURN data.end_run(connection, v_run, 'cancelled', 'mapping_removed', 'The mapping was removed.');
    END IF;
    PERFORM core.cause('sync_run', v_run.sync_run_id::text);
    IF v_is_foreign THEN
        v_table := data.source_object('rows', v_mapping.mapping_id);
        v_key := quote_ident(v_mapping.key_column);
        v_cursor := quote_ident(v_mapping.cursor_column);
        -- What is not needed is not read.
        SELECT
            jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)),
            string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
            min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attname = v_mapping.key_column),
            min(format_type(a.atttypid, a.atttypmod)) FILTER (WHERE a.attname = v_mapping.cursor_column)
        INTO v_columns, v_list, v_key_type, v_cursor_type
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = to_regclass(format('data_source.%I', v_table)) AND a.attnum > 0 AND NOT a.attisdropped
            AND (v_mapping.keeps_extras AND v_mapping.entity <> 'record'
                OR a.attname IN (v_mapping.key_column, v_mapping.cursor_column)
                OR EXISTS (
                    SELECT FROM data.mapping_fields AS f
                    WHERE f.tenant_id = v_mapping.tenant_id AND f.mapping_id = v_mapping.mapping_id
                        AND (f.vendor_field = a.attname
                            OR data.coercion_steps(f.coercion) #> '{0,concat}' ? a.attname)));
    ELSE
        -- A file that replaced the one that was being read is read from its start.
        SELECT r.generation INTO v_generation
        FROM data.source_relations AS r
        WHERE r.tenant_id = v_run.tenant_id AND r.connection_id = v_run.connection_id
            AND r.relation = v_mapping.source_relation;
        IF v_generation IS NOT NULL AND v_run.phase = 'rows' AND v_generation::text <> v_run.page_value THEN
            v_run.page_value := v_generation::text;
            v_run.page_key := '0';
            v_run.is_whole := true;
            v_is_first := false;
        END IF;
    END IF;

    WHILE v_run.phase IN ('rows', 'nulls') AND v_run.error_code IS NULL
    LOOP
        v_limit := CASE
            WHEN v_run.rows_read < v_page_rows_first THEN v_page_rows_first
            ELSE least(v_page_rows_max, greatest(
                v_page_rows_least, v_page_bytes_max / greatest(v_run.bytes_read / v_run.rows_read, 1)))
        END;
        v_limit := least(v_limit, v_limit_small, v_left);
        EXIT WHEN v_limit <= 0;
        IF v_is_foreign THEN
            v_where := CASE
                WHEN v_run.phase = 'nulls' THEN format(
                    '%s IS NULL%s', v_cursor,
                    CASE WHEN v_run.page_key IS NULL THEN '' ELSE format(' AND %s > %L::%s', v_key, v_run.page_key, v_key_type) END)
                WHEN v_cursor IS NULL THEN
                    CASE WHEN v_run.page_key IS NULL THEN 'true' ELSE format('%s > %L::%s', v_key, v_run.page_key, v_key_type) END
                WHEN v_run.page_key IS NOT NULL THEN format(
                    '%1$s >= %2$L::%3$s AND (%1$s > %2$L::%3$s OR %4$s > %5$L::%6$s)',
                    v_cursor, v_run.page_value, v_cursor_type, v_key, v_run.page_key, v_key_type)
                WHEN v_run.is_whole OR v_mapping.cursor_value IS NULL THEN format('%s IS NOT NULL', v_cursor)
                -- A cursor that lies in the future would hide all that happens until then.
                WHEN v_cursor_type LIKE 'timestamp%' THEN format(
                    '%s >= %L::%s', v_cursor,
                    least(v_mapping.cursor_value::timestamptz, now()) - make_interval(secs => v_mapping.cursor_lag_seconds),
                    v_cursor_type)
                WHEN v_cursor_type = 'date' THEN format(
                    '%s >= %L::date', v_cursor, least(v_mapping.cursor_value::date, current_date))
                ELSE format('%s >= %L::%s', v_cursor, v_mapping.cursor_value, v_cursor_type)
            END;
            v_page := format(
                'SELECT %s FROM data_source.%I WHERE %s ORDER BY %s LIMIT %s', v_list, v_table, v_where,
                CASE WHEN v_run.phase = 'nulls' THEN v_key ELSE concat_ws(', ', v_cursor, v_key) END, v_limit);
        ELSE
            v_page := format(
                'SELECT s.row_no, s.source_key, s.source_row, s.is_deleted FROM data.source_rows AS s'
                ' WHERE s.tenant_id = %L AND s.connection_id = %L AND s.relation = %L AND s.generation = %s AND s.row_no > %s'
                ' ORDER BY s.row_no LIMIT %s',
                v_run.tenant_id, v_run.connection_id, v_mapping.source_relation, v_run.page_value, v_run.page_key, v_limit);
        END IF;

        v_is_repeating := false;
        v_fault := NULL;
        v_is_healing := EXISTS (
            SELECT FROM data.sync_rejects AS j
            WHERE j.tenant_id = v_run.tenant_id AND j.mapping_id = v_run.mapping_id);
        v_since := clock_timestamp();
        LOOP
            SELECT w.* INTO STRICT v_written
            FROM data.write_page(
                data.mapping_statement(
                    connection, v_mapping, v_page, v_columns, v_is_first, v_is_repeating, v_fault, v_is_healing),
                v_run.sync_run_id, v_run.tenant_id) AS w;
            EXIT WHEN v_written.failure_code IS NULL OR v_written.failure_code NOT IN ('key_repeated', 'row_refused');
            IF v_written.failure_code = 'key_repeated' AND v_is_first THEN
                v_is_first := false;
            ELSIF v_written.failure_code = 'key_repeated' AND NOT v_is_repeating THEN
                v_is_repeating := true;
            ELSIF v_limit > 1 THEN
                EXIT;
            ELSIF v_fault IS NULL THEN
                v_fault := v_written.failure;
            ELSE
                RAISE EXCEPTION USING
                    ERRCODE = 'internal_error', MESSAGE = format('a row can be neither written nor rejected: %s', v_fault);
            END IF;
        END LOOP;
        v_run.page_time := v_run.page_time + (clock_timestamp() - v_since);
        IF v_written.failure_code = 'row_refused' THEN
            v_limit_small := greatest(v_limit / 10, 1);  -- until the row is found that its table does not take
            CONTINUE;
        ELSIF v_written.failure_code = 'key_repeated' THEN
            v_limit_small := greatest(v_limit / 10, 1);
            CONTINUE;
        ELSIF v_written.failure_code IS NOT NULL THEN
            v_run.error_code := v_written.failure_code;
            v_run.error := v_written.failure;
            EXIT;
        END IF;
        v_limit_small := v_limit_small * 10;

        v_counts := v_written.counts;
        v_left := v_left - (v_counts ->> 'page_rows')::bigint;
        v_run.rows_read      := v_run.rows_read + (v_counts ->> 'rows_read')::bigint;
        v_run.rows_rejected  := v_run.rows_rejected + (v_counts ->> 'rows_rejected')::bigint;
        v_run.rows_inserted  := v_run.rows_inserted + (v_counts ->> 'rows_inserted')::bigint;
        v_run.rows_updated   := v_run.rows_updated + (v_counts ->> 'rows_updated')::bigint;
        v_run.rows_removed   := v_run.rows_removed + (v_counts ->> 'rows_removed')::bigint;
        v_run.rows_unchanged := v_run.rows_read - v_run.rows_rejected - v_run.rows_inserted - v_run.rows_updated;
        v_run.bytes_read     := v_run.bytes_read + (v_counts ->> 'bytes_read')::bigint;
        v_is_last := (v_counts ->> 'page_rows')::bigint < v_limit
            OR v_is_foreign AND v_counts -> 'last_key' = 'null';
        IF v_counts -> 'last_key' <> 'null' THEN
            v_run.page_key := v_counts ->> 'last_key';
            IF v_is_foreign AND v_run.phase = 'rows' THEN
                v_run.page_value := v_counts ->> 'last_value';
            END IF;
        END IF;
        IF v_run.phase = 'rows' THEN
            UPDATE data.mappings AS m
            SET cursor_value = CASE WHEN v_is_foreign AND v_cursor IS NULL THEN m.cursor_value ELSE v_run.page_value END,
                cursor_key = v_run.page_key, is_resuming = v_is_foreign, updated_at = now()
            WHERE m.tenant_id = v_run.tenant_id AND m.mapping_id = v_run.mapping_id
                AND v_run.page_key IS NOT NULL AND (v_counts -> 'last_key' <> 'null' OR NOT v_is_foreign)
                AND (m.cursor_value, m.cursor_key, m.is_resuming)
                    IS DISTINCT FROM (v_run.page_value, v_run.page_key, v_is_foreign);
        END IF;

        IF (v_counts ->> 'rows_rejected')::bigint > 0 AND v_reject_count_max < (
            SELECT count(*)
            FROM data.sync_rejects AS j
            WHERE j.tenant_id = v_run.tenant_id AND j.mapping_id = v_run.mapping_id
        ) THEN
            v_run.error_code := 'too_many_rejects';
            v_run.error := format(
                'More than %s rows of the source could not be turned into records. Correct the mapping.', v_reject_count_max);
            EXIT;
        END IF;
        IF v_is_last AND v_run.phase = 'rows' AND v_cursor IS NOT NULL THEN
            v_run.phase := 'nulls';
            v_run.page_key := NULL;
            -- The next run need not resume: it begins at the cursor.
            UPDATE data.mappings AS m SET is_resuming = false
            WHERE m.tenant_id = v_run.tenant_id AND m.mapping_id = v_run.mapping_id AND m.is_resuming;
        ELSIF v_is_last THEN
            v_run.phase := 'removed';
            v_run.page_key := NULL;
        END IF;
        EXIT WHEN clock_timestamp() > v_begun_at + pause_after;
    END LOOP;

    IF v_run.phase = 'removed' AND v_run.error_code IS NULL
        AND (NOT v_run.is_whole OR v_mapping.on_removal = 'keep' OR v_run.is_first)
    THEN
        v_run.phase := NULL;
    END IF;
    -- A source that suddenly shows nothing is more likely broken than empty.
    IF v_run.phase = 'removed' AND v_run.error_code IS NULL AND v_run.rows_read = 0 THEN
        v_run.error_code := 'source_empty';
        v_run.error := 'The relation is empty now. Its records were left as they are.';
    END IF;
    WHILE v_run.phase = 'removed' AND v_run.error_code IS NULL
        AND (v_run.page_key IS NULL OR clock_timestamp() <= v_begun_at + COALESCE(pause_after, interval '1 day'))
    LOOP
        v_run := data.remove_missing(connection, v_mapping, v_run, v_key_type);
    END LOOP;

    UPDATE data.sync_runs AS r
    SET rows_read = v_run.rows_read, rows_inserted = v_run.rows_inserted, rows_updated = v_run.rows_updated,
        rows_unchanged = v_run.rows_unchanged, rows_rejected = v_run.rows_rejected, rows_removed = v_run.rows_removed,
        bytes_read = v_run.bytes_read, phase = v_run.phase, page_value = v_run.page_value, page_key = v_run.page_key,
        is_whole = v_run.is_whole, page_time = v_run.page_time, updated_at = clock_timestamp()
    WHERE r.tenant_id = v_run.tenant_id AND r.sync_run_id = v_run.sync_run_id;
    PERFORM core.cause();
    IF v_run.error_code IS NOT NULL THEN
        RETURN data.end_run(
            connection, v_run, CASE v_run.error_code WHEN 'source_empty' THEN 'partial' ELSE 'failed' END,
            v_run.error_code, v_run.error);
    ELSIF v_run.phase IS NULL THEN
        RETURN data.end_run(connection, v_run, 'succeeded');
    ELSIF v_left <= 0 THEN
        RETURN data.end_run(connection, v_run, 'partial');
    END IF;
    RETURN v_run;
END;
$$;
COMMENT ON FUNCTION data.continue_run(data.connections, data.sync_runs, bigint, interval) IS 'Reads the next pages of a run.';
