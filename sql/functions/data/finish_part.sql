-- Requires: functions/core/complete_file.sql
-- Requires: functions/core/remove_files.sql
-- Requires: functions/data/receiving_file.sql
-- Takes a part whose bytes have all come. A part of the same number that came before is replaced.
--
-- upload: {ticket, size_bytes, chunks, sha256}, with the ticket of data.begin_part.
--
-- Role:    member, worker
-- Definer: lends the writing of source files, for the caller's tenant
-- Returns: the part
-- Errors:  as data.receiving_file, and
--          PT400 invalid  400  the part is empty
CREATE OR REPLACE FUNCTION data.finish_part(upload jsonb)
RETURNS data.source_file_parts LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_ticket  CONSTANT jsonb := finish_part.upload -> 'ticket';
    v_file    CONSTANT data.source_files := data.receiving_file(
        (v_ticket ->> 'connection_id')::uuid, (v_ticket ->> 'upload_id')::uuid);
    v_part_no CONSTANT int := (v_ticket ->> 'part_no')::int;
    v_content CONSTANT core.files := core.complete_file(finish_part.upload);
    v_part    data.source_file_parts;
BEGIN
    IF v_content.size_bytes = 0 THEN
        PERFORM api.invalid(('body', 'required', 'The part is empty.')::api.fault);
    END IF;
    PERFORM core.remove_files(ARRAY(
        SELECT p.content_id FROM data.source_file_parts AS p
        WHERE p.tenant_id = v_file.tenant_id AND p.file_id = v_file.file_id AND p.part_no = v_part_no));
    INSERT INTO data.source_file_parts AS p (file_id, part_no, content_id, size_bytes, sha256)
    VALUES (v_file.file_id, v_part_no, v_content.file_id, v_content.size_bytes, v_content.sha256)
    RETURNING p.* INTO STRICT v_part;
    RETURN v_part;
END;
$$;
COMMENT ON FUNCTION data.finish_part(jsonb) IS 'Takes a part whose bytes have all come.';
GRANT EXECUTE ON FUNCTION data.finish_part(jsonb) TO member, worker;
