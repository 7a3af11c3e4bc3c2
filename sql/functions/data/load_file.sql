-- Requires: functions/data/decode_piece.sql
-- Requires: functions/data/detect_delimiter.sql
-- Requires: functions/data/detect_encoding.sql
-- Requires: functions/data/end_file.sql
-- Requires: functions/data/load_csv.sql
-- Requires: functions/data/load_json.sql
-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/progress.sql
-- Requires: functions/work/snooze.sql
-- Loads some pieces of a file and leaves the next to another job, which is written in the same transaction: so each row
-- is written once, whatever is cut off. Files of one relation are loaded one after another, as they came.
--
-- Role:    worker
-- Definer: lends the reading of files and the writing of source rows, of the job's tenant
-- Returns: {file_id, rows, bad_lines, is_finished}
CREATE OR REPLACE FUNCTION data.load_file(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_array_byte_count_max CONSTANT bigint   := 67108864;
    v_carry_length_max     CONSTANT int      := 8388608;
    v_step_duration        CONSTANT interval := COALESCE((load_file.arguments ->> 'step')::interval, '2 s');
    v_file_id CONSTANT uuid := (load_file.arguments ->> 'file_id')::uuid;
    v_began   CONSTANT timestamptz := clock_timestamp();
    v_file    data.source_files;
    v_current int;
    v_chunk   bytea;
    v_is_last boolean;
    v_piece   record;
    v_block   text;
BEGIN
    SELECT f.* INTO v_file
    FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = v_file_id
    FOR UPDATE;
    IF NOT FOUND OR v_file.status NOT IN ('queued', 'loading') THEN
        RETURN jsonb_build_object('file_id', v_file_id, 'is_finished', true);
    ELSIF EXISTS (
        SELECT FROM data.source_files AS o
        LEFT JOIN work.jobs AS j ON j.tenant_id = o.tenant_id AND j.job_id = o.job_id
        WHERE o.tenant_id = v_file.tenant_id AND o.connection_id = v_file.connection_id AND o.relation = v_file.relation
            AND o.status IN ('queued', 'loading') AND j.state <> 'failed'
            AND (o.received_at, o.file_id) < (v_file.received_at, v_file.file_id))
    THEN
        PERFORM work.snooze(interval '2 s', 'A file that came before is being loaded.');
    END IF;

    IF EXISTS (
        SELECT FROM data.connections AS c
        WHERE c.tenant_id = v_file.tenant_id AND c.connection_id = v_file.connection_id AND c.status = 'DISCONNECTED')
    THEN
        v_file.error_code := 'disconnected';
        v_file.error := 'The connection was disconnected.';
        PERFORM data.end_file(v_file);
        RETURN jsonb_build_object('file_id', v_file_id, 'is_finished', true);
    END IF;
    INSERT INTO data.source_relations (tenant_id, connection_id, relation, generation)
    VALUES (v_file.tenant_id, v_file.connection_id, v_file.relation, 0)
    ON CONFLICT ON CONSTRAINT source_relations_pkey DO NOTHING;
    SELECT r.generation INTO STRICT v_current
    FROM data.source_relations AS r
    WHERE r.tenant_id = v_file.tenant_id AND r.connection_id = v_file.connection_id AND r.relation = v_file.relation
    FOR NO KEY UPDATE;
    IF v_file.status = 'queued' THEN
        v_file.status := 'loading';
        v_file.started_at := clock_timestamp();
        v_file.generation := CASE WHEN v_file.mode = 'append' AND v_current > 0 THEN v_current ELSE 1 + (
            SELECT greatest(v_current, max(f.generation))
            FROM data.source_files AS f
            WHERE f.tenant_id = v_file.tenant_id AND f.connection_id = v_file.connection_id AND f.relation = v_file.relation)
        END;
    ELSIF v_file.mode = 'append' AND v_file.generation < v_current THEN
        v_file.error_code := 'replaced';
        v_file.error := 'Another file has taken the place of the rows to which these were to be added.';
    END IF;

    WHILE v_file.error_code IS NULL LOOP
        SELECT c.chunk, p.part_no, c.chunk_no
        INTO v_chunk, v_file.part_no, v_file.chunk_no
        FROM data.source_file_parts AS p
        JOIN core.file_chunks AS c ON c.tenant_id = p.tenant_id AND c.file_id = p.content_id
        WHERE p.tenant_id = v_file.tenant_id AND p.file_id = v_file.file_id
            AND (p.part_no, c.chunk_no) >= (v_file.part_no, v_file.chunk_no)
        ORDER BY p.part_no, c.chunk_no
        LIMIT 1;
        IF NOT FOUND THEN
            v_file.error_code := 'bytes_missing';
            v_file.error := 'Bytes of the file are not there any more.';
            EXIT;
        END IF;
        v_is_last := v_file.loaded_bytes + octet_length(v_chunk) >= v_file.size_bytes;
        IF v_file.loaded_bytes = 0 THEN
            v_file.encoding := data.detect_encoding(v_chunk);
            IF v_file.encoding IS NULL THEN
                v_file.error_code := 'not_text';
                v_file.error := 'The file is no text in UTF-8, UTF-16 or a western single-byte encoding.';
                EXIT;
            END IF;
        ELSIF v_file.encoding = 'utf-8' AND v_file.is_ascii THEN
            v_file.encoding := COALESCE(data.detect_encoding(v_file.carry_bytes || v_chunk), 'utf-8');
            IF v_file.encoding LIKE 'utf-16%' THEN
                v_file.encoding := 'utf-8';
            END IF;
        END IF;
        SELECT d.decoded, d.rest INTO v_piece FROM data.decode_piece(v_file.carry_bytes || v_chunk, v_file.encoding, v_is_last) AS d;
        v_file.carry_bytes := v_piece.rest;
        v_file.is_ascii := v_file.is_ascii AND octet_length(v_piece.decoded) = char_length(v_piece.decoded)
            AND v_piece.rest = '';
        v_block := v_piece.decoded;
        IF v_file.loaded_bytes = 0 THEN
            v_block := ltrim(v_block, E'\uFEFF');
            v_file.line_end := CASE WHEN strpos(v_block, E'\r') > 0 AND strpos(v_block, E'\n') = 0 THEN 'cr' ELSE 'lf' END;
        END IF;
        IF v_file.line_end = 'cr' THEN
            v_block := replace(v_block, E'\r', E'\n');
        END IF;
        IF v_is_last THEN
            v_block := rtrim(v_block, E'\u001A');  -- where DOS ends a file
        END IF;
        IF v_file.format IS NULL THEN
            v_file.format := CASE
                WHEN v_file.media_type IN ('application/x-ndjson', 'application/jsonl') THEN 'ndjson'
                WHEN v_file.media_type IN ('text/csv', 'application/csv', 'text/tab-separated-values') THEN 'csv'
                WHEN v_file.name ~* '\.(ndjson|jsonl)$' THEN 'ndjson'
                WHEN v_file.name ~* '\.(csv|tsv|tab)$' THEN 'csv'
                WHEN v_block ~ '^\s*\[\s*(\{|\]|$)' THEN 'json'
                WHEN v_file.media_type = 'application/json' OR v_block ~ '^\s*\{' THEN
                    CASE WHEN v_block ~ '^\s*\[' THEN 'json' ELSE 'ndjson' END
                ELSE 'csv'
            END;
            IF v_file.format = 'csv' THEN
                v_file.delimiter := CASE v_file.media_type WHEN 'text/tab-separated-values' THEN E'\t'
                    ELSE data.detect_delimiter(v_block) END;
            ELSIF v_file.format = 'json' AND v_file.size_bytes > v_array_byte_count_max THEN
                v_file.error_code := 'too_large';
                v_file.error := 'A JSON array may have 64 MiB; more is sent as NDJSON.';
                EXIT;
            END IF;
        END IF;
        v_file.loaded_bytes := v_file.loaded_bytes + octet_length(v_chunk);
        v_file.chunk_no := v_file.chunk_no + 1;
        v_block := v_file.carry_text || v_block;
        IF v_file.format = 'csv' THEN
            v_file := data.load_csv(v_file, v_block, v_is_last);
        ELSIF v_file.format = 'json' AND NOT v_is_last THEN
            v_file.carry_text := v_block;  -- there is no beginning of an array
            CONTINUE;
        ELSE
            v_file := data.load_json(v_file, v_block, v_is_last);
        END IF;
        IF char_length(v_file.carry_text) > v_carry_length_max THEN
            v_file.error_code := 'line_too_long';
            v_file.error := format('A line begins behind line %s that does not end.', v_file.line_count);
        ELSIF v_is_last AND v_file.error_code IS NULL AND cardinality(v_file.columns) IS NULL THEN
            v_file.error_code := 'no_header';
            v_file.error := 'The file has no header.';
        END IF;
        EXIT WHEN v_is_last OR clock_timestamp() - v_began > v_step_duration;
    END LOOP;

    IF v_file.error_code IS NOT NULL OR v_is_last THEN
        PERFORM data.end_file(v_file);
    ELSE
        UPDATE data.source_files AS f
        SET status = v_file.status, format = v_file.format, encoding = v_file.encoding, delimiter = v_file.delimiter,
            line_end = v_file.line_end, is_ascii = v_file.is_ascii, columns = v_file.columns,
            generation = v_file.generation, part_no = v_file.part_no, chunk_no = v_file.chunk_no,
            carry_text = v_file.carry_text, carry_bytes = v_file.carry_bytes, line_count = v_file.line_count,
            loaded_bytes = v_file.loaded_bytes, row_count = v_file.row_count, bad_line_count = v_file.bad_line_count,
            started_at = v_file.started_at,
            job_id = work.enqueue('data.load_file', load_file.arguments, unique_key => v_file.file_id::text)
        WHERE f.tenant_id = v_file.tenant_id AND f.file_id = v_file.file_id;
        PERFORM work.progress(
            least(v_file.loaded_bytes::float8 / v_file.size_bytes, 1), format('%s rows', v_file.row_count));
    END IF;
    RETURN jsonb_build_object(
        'file_id', v_file.file_id, 'rows', v_file.row_count, 'bad_lines', v_file.bad_line_count,
        'is_finished', v_file.error_code IS NOT NULL OR v_is_last);
END;
$$;
COMMENT ON FUNCTION data.load_file(jsonb) IS 'Loads some pieces of a file and leaves the next to another job.';
GRANT EXECUTE ON FUNCTION data.load_file(jsonb) TO worker;
-- Two at a time for a tenant, so that many files of one hold up nobody else.
SELECT work.job_kind(
    'data.load_file', 'data.load_file', timeout => interval '5 min', tenant_concurrency => 2, keep => interval '1 day');
