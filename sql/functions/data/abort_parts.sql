-- Requires: functions/core/remove_files.sql
-- Requires: functions/data/receiving_file.sql
-- Forgets a file that was being sent in parts.
--
-- Role:    member, worker
-- Definer: lends the removal of source files, of the caller's tenant
-- Errors:  as data.receiving_file
CREATE OR REPLACE FUNCTION data.abort_parts(connection_id uuid, upload_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file CONSTANT data.source_files := data.receiving_file(abort_parts.connection_id, abort_parts.upload_id);
BEGIN
    PERFORM core.remove_files(ARRAY(
        SELECT p.content_id FROM data.source_file_parts AS p
        WHERE p.tenant_id = v_file.tenant_id AND p.file_id = v_file.file_id));
    DELETE FROM data.source_files AS f WHERE f.tenant_id = v_file.tenant_id AND f.file_id = v_file.file_id;
END;
$$;
COMMENT ON FUNCTION data.abort_parts(uuid, uuid) IS 'Forgets a file that was being sent in parts.';
GRANT EXECUTE ON FUNCTION data.abort_parts(uuid, uuid) TO member, worker;
