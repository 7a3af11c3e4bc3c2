-- Requires: functions/data/queue_file.sql
-- Requires: functions/data/receiving_file.sql
-- Takes a file whose parts have all come, and has it loaded.
--
-- Role:    member, worker
-- Definer: lends the writing of source files, for the caller's tenant
-- Returns: the file
-- Errors:  as data.receiving_file, and
--          PT409 parts_missing   409  there are no parts, or not all from 1 on
--          PT409 size_differs    409  the parts have not the size that was stated, or more than a file may have
CREATE OR REPLACE FUNCTION data.complete_parts(connection_id uuid, upload_id uuid)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_byte_count_max CONSTANT bigint := 68719476736;
    v_file  CONSTANT data.source_files := data.receiving_file(complete_parts.connection_id, complete_parts.upload_id);
    v_count bigint;
    v_last  int;
    v_size  bigint;
BEGIN
    SELECT count(*), max(p.part_no), sum(p.size_bytes)
    INTO v_count, v_last, v_size
    FROM data.source_file_parts AS p
    WHERE p.tenant_id = v_file.tenant_id AND p.file_id = v_file.file_id;
    IF v_count = 0 OR v_count <> v_last THEN
        PERFORM api.fail('parts_missing', format(
            'Part %s is missing.', (
                SELECT min(n.n) FROM generate_series(1, COALESCE(v_last, 1)) AS n (n)
                WHERE NOT EXISTS (
                    SELECT FROM data.source_file_parts AS p
                    WHERE p.tenant_id = v_file.tenant_id AND p.file_id = v_file.file_id AND p.part_no = n.n))), 409);
    ELSIF v_size <> COALESCE(v_file.size_bytes, v_size) THEN
        PERFORM api.fail('size_differs', format(
            'The file was to have %s bytes, and its parts have %s.', v_file.size_bytes, v_size), 409);
    ELSIF v_size > v_byte_count_max THEN
        PERFORM api.fail('size_differs', 'A file has at most 64 GiB.', 409);
    END IF;
    RETURN data.queue_file(v_file.file_id);
END;
$$;
COMMENT ON FUNCTION data.complete_parts(uuid, uuid) IS 'Takes a file whose parts have all come, and has it loaded.';
GRANT EXECUTE ON FUNCTION data.complete_parts(uuid, uuid) TO member, worker;
