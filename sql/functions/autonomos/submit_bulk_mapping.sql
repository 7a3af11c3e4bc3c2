-- Requires: functions/autonomos/bulk_mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/submit_bulk_mapping.sql
-- Has many mappings made in the background. A tenant has 5 such jobs running and 100 waiting, and each is forgotten
-- after 24 hours.
--
-- Role:    member
-- Takes:   mappings: 1 to 1000 of {connection_id, source_relation?, entity?, record_type?, fields?, key_column?,
--          cursor_column?, keeps_extras?, on_removal?}; without fields, mappings are suggested and applied where sure
-- Returns: 202, the job
-- Errors:  PT400 invalid              400  what is asked for is not of that form; each fault is named
--          PT403 forbidden            403  the permission connections.write is missing
--          PT429 bulk_mappings_limit  429  Max queued jobs per tenant: 100
--          PT503 unavailable          503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.submit_bulk_mapping(mappings jsonb)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN autonomos.bulk_mapping_document(data.submit_bulk_mapping(submit_bulk_mapping.mappings));
END;
$$;
COMMENT ON FUNCTION autonomos.submit_bulk_mapping(jsonb) IS 'Has many mappings made in the background.';
GRANT EXECUTE ON FUNCTION autonomos.submit_bulk_mapping(jsonb) TO member;
SELECT api.route(
    'POST /api/v1/bulk-mappings', 'autonomos.submit_bulk_mapping', rate => 'bulk', status => 202, tag => 'AAM',
    returns => '{"job_id": "string", "status": "queued|running|succeeded|partial|failed|cancelled", "total": "integer",
        "succeeded": "integer", "failed": "integer", "progress": "number", "created_at": "date-time",
        "started_at": "string?", "finished_at": "string?", "expires_at": "date-time"}',
    errors => '{invalid,forbidden,"429 bulk_mappings_limit Max queued jobs per tenant: 100",unavailable}');
