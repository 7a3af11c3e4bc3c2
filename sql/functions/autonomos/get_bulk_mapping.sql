-- Requires: functions/autonomos/bulk_mapping_document.sql
-- Requires: functions/autonomos/bulk_mapping_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- A bulk mapping job with what came of each of its mappings.
--
-- Role:    member
-- Returns: 200, the job and results: [{index, status, connection_id, source_relation, mapping_id, applied, queued,
--          error}]. Of one that was suggested mapping_id is null, and applied and queued count.
-- Errors:  PT404 not_found    404  the tenant has no such job
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_bulk_mapping(job_id text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_bulk_mapping_id uuid;
    v_job      data.bulk_mappings;
    v_document json;
BEGIN
    PERFORM autonomos.require_aam();
    v_bulk_mapping_id := autonomos.bulk_mapping_id(get_bulk_mapping.job_id);
    SELECT b.* INTO v_job
    FROM data.bulk_mappings AS b
    WHERE b.bulk_mapping_id = v_bulk_mapping_id AND b.expires_at > now();
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Bulk mapping job not found.', 404);
    END IF;
    SELECT json_object_agg(m.key, m.value) INTO v_document
    FROM (
        SELECT d.key, d.value FROM json_each(autonomos.bulk_mapping_document(v_job)) AS d
        UNION ALL
        SELECT 'results', COALESCE(json_agg(json_build_object(
            'index', i.item_no - 1, 'status', i.status, 'connection_id', i.request -> 'connection_id',
            'source_relation', i.request -> 'source_relation', 'mapping_id', i.result -> 'mapping_id',
            'applied', i.result -> 'applied', 'queued', i.result -> 'queued', 'error', i.result -> 'error')
            ORDER BY i.item_no), '[]')
        FROM data.bulk_mapping_items AS i
        WHERE i.tenant_id = v_job.tenant_id AND i.bulk_mapping_id = v_job.bulk_mapping_id
    ) AS m;
    RETURN v_document;
END;
$$;
COMMENT ON FUNCTION autonomos.get_bulk_mapping(text) IS 'A bulk mapping job with what came of each of its mappings.';
GRANT EXECUTE ON FUNCTION autonomos.get_bulk_mapping(text) TO member;
SELECT api.route(
    'GET /api/v1/bulk-mappings/{job_id}', 'autonomos.get_bulk_mapping', rate => 'read', tag => 'AAM',
    returns => '{"job_id": "string", "status": "queued|running|succeeded|partial|failed|cancelled", "total": "integer",
        "succeeded": "integer", "failed": "integer", "progress": "number", "created_at": "date-time",
        "started_at": "string?", "finished_at": "string?", "expires_at": "date-time",
        "results": [{"index": "integer", "status": "queued|succeeded|failed", "connection_id": "uuid",
                     "source_relation": "string?", "mapping_id": "string?", "applied": "any", "queued": "any",
                     "error": {"?": true, "code": "string", "message": "string"}}]}',
    errors => '{not_found,unavailable}');
