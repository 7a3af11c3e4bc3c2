-- Requires: functions/data/tell_upload.sql
-- Requires: functions/work/enqueue.sql
-- Has a file whose bytes are all there loaded.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Returns: the file
CREATE OR REPLACE FUNCTION data.queue_file(file_id uuid)
RETURNS data.source_files LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_file data.source_files;
BEGIN
    UPDATE data.source_files AS f
    SET status = 'queued', received_at = clock_timestamp(),
        size_bytes = p.size_bytes, sha256 = p.sha256,
        job_id = work.enqueue(
            'data.load_file', jsonb_build_object('file_id', f.file_id), unique_key => f.file_id::text)
    FROM (
        SELECT sum(s.size_bytes)::bigint AS size_bytes, CASE WHEN count(*) = 1 THEN min(s.sha256::text)::bytea END AS sha256
        FROM data.source_file_parts AS s
        WHERE s.tenant_id = (SELECT auth.tenant_id()) AND s.file_id = queue_file.file_id
    ) AS p
    WHERE f.tenant_id = (SELECT auth.tenant_id()) AND f.file_id = queue_file.file_id
    RETURNING f.* INTO STRICT v_file;
    PERFORM data.tell_upload(v_file, 'received');
    RETURN v_file;
END;
$$;
COMMENT ON FUNCTION data.queue_file(uuid) IS 'Has a file whose bytes are all there loaded.';
