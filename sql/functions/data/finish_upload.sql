-- Requires: functions/core/complete_file.sql
-- Requires: functions/data/queue_file.sql
-- Takes a file whose bytes have all come, and has it loaded.
--
-- upload: {ticket, size_bytes, chunks, sha256}, with the ticket of data.begin_upload.
--
-- Role:    member, worker
-- Definer: lends the writing of source files, for the caller's tenant
-- Returns: the file
-- Errors:  PT400 invalid    400  the file is empty
--          PT404 not_found  404  the tenant receives no such file
CREATE OR REPLACE FUNCTION data.finish_upload(upload jsonb)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_ticket  CONSTANT jsonb := finish_upload.upload -> 'ticket';
    v_content CONSTANT core.files := core.complete_file(finish_upload.upload);
    v_file_id uuid;
BEGIN
    IF v_content.size_bytes = 0 THEN
        PERFORM api.invalid(('body', 'required', 'The file is empty.')::api.fault);
    END IF;
    INSERT INTO data.source_files AS f (connection_id, relation, mode, name, media_type)
    VALUES (
        (v_ticket ->> 'connection_id')::uuid, v_ticket ->> 'relation', v_ticket ->> 'mode', v_ticket ->> 'name',
        v_ticket ->> 'media_type')
    RETURNING f.file_id INTO STRICT v_file_id;
    INSERT INTO data.source_file_parts (file_id, part_no, content_id, size_bytes, sha256)
    VALUES (v_file_id, 1, v_content.file_id, v_content.size_bytes, v_content.sha256);
    RETURN data.queue_file(v_file_id);
END;
$$;
COMMENT ON FUNCTION data.finish_upload(jsonb) IS 'Takes a file whose bytes have all come, and has it loaded.';
GRANT EXECUTE ON FUNCTION data.finish_upload(jsonb) TO member, worker;
