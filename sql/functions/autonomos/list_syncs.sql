-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/require_connection.sql
-- Requires: functions/autonomos/sync_document.sql
-- The syncs of a connection, newest first.
--
-- Role:    member
-- Returns: 200 {items, total, limit, offset, has_more}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_syncs(
    connection_id uuid, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM autonomos.require_connection(list_syncs.connection_id);
    SELECT count(*) INTO v_page.total FROM data.syncs AS s WHERE s.connection_id = list_syncs.connection_id;
    SELECT COALESCE(json_agg(autonomos.sync_document(r.sync) ORDER BY (r.sync).created_at DESC, (r.sync).sync_id), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT s AS sync
        FROM data.syncs AS s
        WHERE s.connection_id = list_syncs.connection_id
        ORDER BY s.created_at DESC, s.sync_id
        LIMIT list_syncs."limit" OFFSET list_syncs."offset"
    ) AS r;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_syncs(uuid, core.page_limit, core.page_offset) IS 'The syncs of a connection, newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_syncs(uuid, core.page_limit, core.page_offset) TO member;
SELECT api.route('GET /api/v1/aam/connections/{connection_id}/syncs', 'autonomos.list_syncs',
    rate => 'read', tag => 'AAM', errors => '{not_found,unavailable}',
    returns => '{
        "sync_id": "uuid", "connection_id": "uuid", "job_id": "string", "mode": "full|incremental",
        "status": "queued|running|cancelling|succeeded|partial|failed|cancelled", "progress": "number?",
        "rows_read": "integer", "rows_inserted": "integer", "rows_updated": "integer", "rows_unchanged": "integer",
        "rows_rejected": "integer", "rows_removed": "integer", "bytes_read": "integer",
        "error": {"?": true, "code": "string", "message": "string"}, "created_at": "date-time",
        "started_at": "date-time?", "updated_at": "date-time", "finished_at": "date-time?", "duration_ms": "integer?"}');
