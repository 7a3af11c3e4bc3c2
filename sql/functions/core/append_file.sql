-- Keeps a piece of a file that is being received; the same piece again changes nothing. Routes that take files name it
-- as the function of their pieces; their ticket has a member file_id.
--
-- Role:    member, worker
-- Definer: lends the writing of core.file_chunks, for the caller's tenant
-- Errors:  PT404 not_found  404  the tenant receives no such file
CREATE OR REPLACE FUNCTION core.append_file(ticket jsonb, chunk_no integer, chunk bytea)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_file_id CONSTANT uuid := (append_file.ticket ->> 'file_id')::uuid;
BEGIN
    -- Held against who removes what is abandoned.
    PERFORM FROM core.files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = v_file_id AND f.status = 'receiving'
    FOR KEY SHARE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'No such file is being received.', 404);
    END IF;
    INSERT INTO core.file_chunks (tenant_id, file_id, chunk_no, chunk)
    VALUES (auth.tenant_id(), v_file_id, append_file.chunk_no, append_file.chunk)
    ON CONFLICT ON CONSTRAINT file_chunks_pkey DO NOTHING;
END;
$$;
COMMENT ON FUNCTION core.append_file(jsonb, integer, bytea) IS 'Keeps a piece of a file that is being received.';
GRANT EXECUTE ON FUNCTION core.append_file(jsonb, integer, bytea) TO member, worker;
