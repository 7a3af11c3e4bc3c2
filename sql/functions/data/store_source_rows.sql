-- Keeps rows of a file, in their order, and the lines of it that are none.
--
-- Role:    pgserver_owner, for data.load_file
-- Returns: the file, with its counts
CREATE OR REPLACE FUNCTION data.store_source_rows(file data.source_files, contents jsonb[], bad_lines data.source_line[])
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_bad_line_count_max CONSTANT int := 10000;
    v_line_length_max    CONSTANT int := 10000;
    v_count  CONSTANT int := COALESCE(cardinality(store_source_rows.contents), 0);
    v_first  bigint;
    v_bad    int := COALESCE(cardinality(store_source_rows.bad_lines), 0);
BEGIN
    -- Behind what is there: of the relation, if rows are added to it, or of the file.
    UPDATE data.source_relations AS r
    SET last_row_no = r.last_row_no + v_count, row_count = r.row_count + v_count, updated_at = now()
    WHERE r.tenant_id = file.tenant_id AND r.connection_id = file.connection_id AND r.relation = file.relation
        AND r.generation = file.generation
    RETURNING r.last_row_no - v_count INTO v_first;
    v_first := COALESCE(v_first, file.row_count);

    INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_row)
    SELECT file.tenant_id, file.connection_id, file.relation, file.generation, v_first + c.n, c.content
    FROM unnest(store_source_rows.contents) WITH ORDINALITY AS c (content, n);
    IF v_bad > 0 THEN
        INSERT INTO data.source_bad_lines (tenant_id, file_id, line_no, reason, line)
        SELECT file.tenant_id, file.file_id, b.line_no, b.reason, left(b.line, v_line_length_max)
        FROM unnest(store_source_rows.bad_lines) AS b
        LIMIT greatest(v_bad_line_count_max - file.bad_line_count, 0);
    END IF;
    file.row_count := file.row_count + v_count;
    file.bad_line_count := file.bad_line_count + v_bad;
    RETURN file;
END;
$$;
COMMENT ON FUNCTION data.store_source_rows(data.source_files, jsonb[], data.source_line[]) IS 'Keeps rows of a file.';
