-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/require_connection.sql
-- Rows of a connection that could not become records, last seen first, with the reasons.
--
-- Role:    member
-- Returns: 200 {items, total, limit, offset, has_more}
-- Errors:  PT404 not_found    404  the tenant has no such connection
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_rejects(
    connection_id uuid, mapping_id uuid DEFAULT NULL, "limit" core.page_limit DEFAULT 100,
    "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM autonomos.require_connection(list_rejects.connection_id);
    SELECT count(*) INTO v_page.total
    FROM data.sync_rejects AS j
    JOIN data.mappings AS m ON m.tenant_id = j.tenant_id AND m.mapping_id = j.mapping_id
    WHERE m.connection_id = list_rejects.connection_id
        AND (list_rejects.mapping_id IS NULL OR j.mapping_id = list_rejects.mapping_id);
    SELECT COALESCE(json_agg(json_build_object(
        'mapping_id', r.mapping_id, 'entity', r.entity, 'record_type', r.record_type, 'relation', r.source_relation,
        'source_key', r.source_key, 'faults', r.faults, 'row', r.source_row, 'sync_run_id', r.sync_run_id,
        'first_seen_at', core.rfc3339(r.first_seen_at), 'last_seen_at', core.rfc3339(r.last_seen_at)
    ) ORDER BY r.last_seen_at DESC, r.mapping_id, r.reject_key), '[]'), count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT j.*, m.entity, m.record_type, m.source_relation
        FROM data.sync_rejects AS j
        JOIN data.mappings AS m ON m.tenant_id = j.tenant_id AND m.mapping_id = j.mapping_id
        WHERE m.connection_id = list_rejects.connection_id
            AND (list_rejects.mapping_id IS NULL OR j.mapping_id = list_rejects.mapping_id)
        ORDER BY j.last_seen_at DESC, j.mapping_id, j.reject_key
        LIMIT list_rejects."limit" OFFSET list_rejects."offset"
    ) AS r;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_rejects(uuid, uuid, core.page_limit, core.page_offset) IS
    'Rows of a connection that could not become records, with the reasons.';
GRANT EXECUTE ON FUNCTION autonomos.list_rejects(uuid, uuid, core.page_limit, core.page_offset) TO member;
SELECT api.route('GET /api/v1/aam/connections/{connection_id}/rejects', 'autonomos.list_rejects',
    rate => 'read', tag => 'AAM', errors => '{not_found,unavailable}',
    returns => '{
        "mapping_id": "uuid", "entity": "string", "record_type": "string?", "relation": "string",
        "source_key": "string?", "faults": [{"field": "string?", "vendor_field": "string?", "code": "string"}],
        "row": "object", "sync_run_id": "uuid", "first_seen_at": "date-time", "last_seen_at": "date-time"}');
