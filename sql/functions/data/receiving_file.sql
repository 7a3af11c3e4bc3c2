-- Requires: functions/data/receiving_connection.sql
-- The file that the caller sends in parts, held against anybody else until the transaction ends.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Errors:  as data.receiving_connection, and
--          PT404 not_found  404  the connection receives no such file, or has received it
CREATE OR REPLACE FUNCTION data.receiving_file(connection_id uuid, file_id uuid)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.receiving_connection(receiving_file.connection_id, 'write');
    v_file data.source_files;
BEGIN
    SELECT f.*
    INTO v_file
    FROM data.source_files AS f
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.connection_id = v_connection.connection_id
        AND f.file_id = receiving_file.file_id AND f.status = 'receiving'
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Upload not found.', 404);
    END IF;
    RETURN v_file;
END;
$$;
COMMENT ON FUNCTION data.receiving_file(uuid, uuid) IS 'The file that the caller sends in parts.';
