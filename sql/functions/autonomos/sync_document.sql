-- A sync as /api/v1/aam shows it.
--
-- Role:    member
-- Returns: {sync_id, connection_id, job_id, mode, status, progress, …}. progress is from 0 to 1, null while nothing is
--          known of how much there is to read. cancelling: somebody wants it to end, and a step is still under way.
CREATE OR REPLACE FUNCTION autonomos.sync_document(sync data.syncs)
RETURNS json LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    SELECT json_build_object(
        'sync_id', (sync).sync_id,
        'connection_id', (sync).connection_id,
        'job_id', 'job-' || (sync).sync_id,
        'mode', (sync).mode,
        'status', CASE
            WHEN (sync).finished_at IS NULL AND EXISTS (
                SELECT FROM data.sync_cancels AS c
                WHERE c.tenant_id = (sync).tenant_id AND c.sync_id = (sync).sync_id) THEN 'cancelling'
            ELSE (sync).status
        END,
        'progress', CASE
            WHEN (sync).status = 'succeeded' THEN 1
            WHEN (sync).rows_estimated IS NOT NULL THEN round(
                least((sync).rows_read / greatest((sync).rows_estimated, (sync).rows_read, 1)::numeric, 1), 3)
        END,
        'rows_read', (sync).rows_read,
        'rows_inserted', (sync).rows_inserted,
        'rows_updated', (sync).rows_updated,
        'rows_unchanged', (sync).rows_unchanged,
        'rows_rejected', (sync).rows_rejected,
        'rows_removed', (sync).rows_removed,
        'bytes_read', (sync).bytes_read,
        'error', CASE WHEN (sync).error_code IS NOT NULL THEN
            json_build_object('code', (sync).error_code, 'message', (sync).error) END,
        'created_at', core.rfc3339((sync).created_at),
        'started_at', core.rfc3339((sync).started_at),
        'updated_at', core.rfc3339((sync).updated_at),
        'finished_at', core.rfc3339((sync).finished_at),
        'duration_ms', round(extract(epoch FROM COALESCE((sync).finished_at, (sync).updated_at) - (sync).started_at) * 1000)
    );
END;
COMMENT ON FUNCTION autonomos.sync_document(data.syncs) IS 'A sync as /api/v1/aam shows it.';
GRANT EXECUTE ON FUNCTION autonomos.sync_document(data.syncs) TO member;
