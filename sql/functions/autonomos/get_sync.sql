-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/sync_document.sql
-- One sync, with how far it has come and its part of each mapping.
--
-- Role:    member
-- Returns: 200 {sync_id, …, runs: [{mapping_id, entity, record_type, status, …}]}
-- Errors:  PT404 not_found    404  the tenant has no such sync
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_sync(sync_id uuid)
RETURNS jsonb LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_sync data.syncs;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT s.* INTO v_sync FROM data.syncs AS s WHERE s.sync_id = get_sync.sync_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Sync not found.', 404);
    END IF;
    RETURN autonomos.sync_document(v_sync)::jsonb || jsonb_build_object('runs', (
        SELECT COALESCE(jsonb_agg(jsonb_build_object(
            'mapping_id', r.mapping_id, 'entity', r.entity, 'record_type', r.record_type, 'status', r.status,
            'rows_read', r.rows_read, 'rows_inserted', r.rows_inserted, 'rows_updated', r.rows_updated,
            'rows_unchanged', r.rows_unchanged, 'rows_rejected', r.rows_rejected, 'rows_removed', r.rows_removed,
            'bytes_read', r.bytes_read, 'cursor_before', r.cursor_before, 'cursor_after', r.cursor_after,
            'error', CASE WHEN r.error_code IS NOT NULL THEN
                jsonb_build_object('code', r.error_code, 'message', r.error) END,
            'started_at', core.rfc3339(r.started_at), 'finished_at', core.rfc3339(r.finished_at)
        ) ORDER BY r.started_at, r.entity), '[]')
        FROM data.sync_runs AS r
        WHERE r.sync_id = v_sync.sync_id));
END;
$$;
COMMENT ON FUNCTION autonomos.get_sync(uuid) IS 'One sync, with how far it has come and its part of each mapping.';
GRANT EXECUTE ON FUNCTION autonomos.get_sync(uuid) TO member;
SELECT api.route('GET /api/v1/aam/syncs/{sync_id}', 'autonomos.get_sync', rate => 'read', tag => 'AAM',
    errors => '{not_found,unavailable}',
    returns => '{
        "sync_id": "uuid", "connection_id": "uuid", "job_id": "string", "mode": "full|incremental",
        "status": "queued|running|cancelling|succeeded|partial|failed|cancelled", "progress": "number?",
        "rows_read": "integer", "rows_inserted": "integer", "rows_updated": "integer", "rows_unchanged": "integer",
        "rows_rejected": "integer", "rows_removed": "integer", "bytes_read": "integer",
        "error": {"?": true, "code": "string", "message": "string"}, "created_at": "date-time",
        "started_at": "date-time?", "updated_at": "date-time", "finished_at": "date-time?", "duration_ms": "integer?",
        "runs": [{
            "mapping_id": "uuid", "entity": "string", "record_type": "string?",
            "status": "running|succeeded|partial|failed|cancelled", "rows_read": "integer", "rows_inserted": "integer",
            "rows_updated": "integer", "rows_unchanged": "integer", "rows_rejected": "integer",
            "rows_removed": "integer", "bytes_read": "integer", "cursor_before": "string?", "cursor_after": "string?",
            "error": {"?": true, "code": "string", "message": "string"}, "started_at": "date-time",
            "finished_at": "date-time?"}]}');
