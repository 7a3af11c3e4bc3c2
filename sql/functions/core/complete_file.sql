-- Makes a file whose bytes are all there complete: from here on it is seen, and never changes.
--
-- upload: {ticket: {file_id}, size_bytes, chunks, sha256}, as a route that streams its body is given it.
--
-- Role:    member, worker
-- Definer: lends the writing of core.files, for the caller's tenant
-- Returns: the file
-- Errors:  PT404 not_found  404  the tenant receives no such file
CREATE OR REPLACE FUNCTION core.complete_file(upload jsonb)
RETURNS core.files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file  core.files;
    v_count bigint;
BEGIN
    UPDATE core.files AS f
    SET status = 'complete', size_bytes = (complete_file.upload ->> 'size_bytes')::bigint,
        chunk_count = (complete_file.upload ->> 'chunks')::int, sha256 = decode(complete_file.upload ->> 'sha256', 'hex'),
        completed_at = now()
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = (complete_file.upload #>> '{ticket,file_id}')::uuid
        AND f.status = 'receiving'
    RETURNING f.* INTO v_file;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'No such file is being received.', 404);
    END IF;
    SELECT count(*) INTO v_count FROM core.file_chunks AS c WHERE c.tenant_id = v_file.tenant_id AND c.file_id = v_file.file_id;
    IF v_count <> v_file.chunk_count THEN
        RAISE EXCEPTION USING
            ERRCODE = 'internal_error', MESSAGE = format('of %s pieces of a file %s are there', v_file.chunk_count, v_count);
    END IF;
    RETURN v_file;
END;
$$;
COMMENT ON FUNCTION core.complete_file(jsonb) IS 'Makes a file whose bytes are all there complete.';
GRANT EXECUTE ON FUNCTION core.complete_file(jsonb) TO member, worker;
