-- Requires: functions/core/begin_file.sql
-- Requires: functions/data/receiving_file.sql
-- Makes ready to receive a part of a file.
--
-- Role:    member, worker
-- Definer: lends the reading of source files, of the caller's tenant
-- Returns: a ticket: {file_id, connection_id, upload_id, part_no}
-- Errors:  as data.receiving_file
CREATE OR REPLACE FUNCTION data.begin_part(connection_id uuid, upload_id uuid, part_no integer)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file CONSTANT data.source_files := data.receiving_file(begin_part.connection_id, begin_part.upload_id);
BEGIN
    PERFORM api.invalid(('part_no', 'invalid_value', 'Parts are numbered from 1 to 10000.')::api.fault)
    WHERE begin_part.part_no NOT BETWEEN 1 AND 10000;
    RETURN jsonb_build_object(
        'file_id', core.begin_file(v_file.name, v_file.media_type), 'connection_id', v_file.connection_id,
        'upload_id', v_file.file_id, 'part_no', begin_part.part_no);
END;
$$;
COMMENT ON FUNCTION data.begin_part(uuid, uuid, integer) IS 'Makes ready to receive a part of a file.';
GRANT EXECUTE ON FUNCTION data.begin_part(uuid, uuid, integer) TO member, worker;
