-- Requires: functions/data/begin_upload.sql
-- Makes ready to receive a file in several parts. Nobody sees it before it is complete.
--
-- Role:    member, worker
-- Definer: lends the writing of source files, for the caller's tenant
-- Returns: the file
-- Errors:  as data.begin_upload, and
--          PT400 invalid        400  the size is not one that a file may have
--          PT409 uploads_limit  409  the connection receives as many files as it may
CREATE OR REPLACE FUNCTION data.begin_parts(
    connection_id uuid, relation text, mode text, filename text, media_type text, size bigint)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_byte_count_max   CONSTANT bigint := 68719476736;
    v_upload_count_max CONSTANT int    := 100;
    v_ticket CONSTANT jsonb := data.begin_upload(
        begin_parts.connection_id, begin_parts.relation, begin_parts.mode, begin_parts.filename, begin_parts.media_type,
        begins_file => false);
    v_file data.source_files;
BEGIN
    PERFORM api.invalid(('size', 'invalid_value', 'A file has 1 byte to 64 GiB.')::api.fault)
    WHERE begin_parts.size NOT BETWEEN 1 AND v_byte_count_max;
    IF (
        SELECT count(*) FROM data.source_files AS f
        WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = begin_parts.connection_id AND f.status = 'receiving'
    ) >= v_upload_count_max THEN
        PERFORM api.fail('uploads_limit', 'This connection receives as many files as it may. Complete or abort one.', 409);
    END IF;
    INSERT INTO data.source_files AS f (connection_id, relation, mode, name, media_type, size_bytes)
    VALUES (
        begin_parts.connection_id, v_ticket ->> 'relation', v_ticket ->> 'mode', v_ticket ->> 'name',
        v_ticket ->> 'media_type', begin_parts.size)
    RETURNING f.* INTO STRICT v_file;
    RETURN v_file;
END;
$$;
COMMENT ON FUNCTION data.begin_parts(uuid, text, text, text, text, bigint) IS
    'Makes ready to receive a file in several parts.';
GRANT EXECUTE ON FUNCTION data.begin_parts(uuid, text, text, text, text, bigint) TO member, worker;
