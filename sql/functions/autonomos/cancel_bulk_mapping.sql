-- Requires: functions/autonomos/bulk_mapping_document.sql
-- Requires: functions/autonomos/bulk_mapping_id.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/cancel_bulk_mapping.sql
-- Ends a bulk mapping job. Mappings that it has made stay.
--
-- Role:    member
-- Returns: 200, the job
-- Errors:  PT403 forbidden              403  the permission connections.write is missing
--          PT404 not_found              404  the tenant has no such job
--          PT409 bulk_mapping_finished  409  it has ended
--          PT503 unavailable            503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.cancel_bulk_mapping(job_id text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN autonomos.bulk_mapping_document(
        data.cancel_bulk_mapping(autonomos.bulk_mapping_id(cancel_bulk_mapping.job_id)));
END;
$$;
COMMENT ON FUNCTION autonomos.cancel_bulk_mapping(text) IS 'Ends a bulk mapping job. Mappings that it has made stay.';
GRANT EXECUTE ON FUNCTION autonomos.cancel_bulk_mapping(text) TO member;
SELECT api.route(
    'POST /api/v1/bulk-mappings/{job_id}/cancel', 'autonomos.cancel_bulk_mapping', rate => 'write', tag => 'AAM',
    returns => '{"job_id": "string", "status": "queued|running|succeeded|partial|failed|cancelled", "total": "integer",
        "succeeded": "integer", "failed": "integer", "progress": "number", "created_at": "date-time",
        "started_at": "string?", "finished_at": "string?", "expires_at": "date-time"}',
    errors => '{forbidden,not_found,"409 bulk_mapping_finished the job has ended",unavailable}');
SELECT api.route(
    'DELETE /api/v1/bulk-mappings/{job_id}', 'autonomos.cancel_bulk_mapping', rate => 'write', tag => 'AAM',
    returns => '{"job_id": "string", "status": "queued|running|succeeded|partial|failed|cancelled", "total": "integer",
        "succeeded": "integer", "failed": "integer", "progress": "number", "created_at": "date-time",
        "started_at": "string?", "finished_at": "string?", "expires_at": "date-time"}',
    errors => '{forbidden,not_found,"409 bulk_mapping_finished the job has ended",unavailable}');
