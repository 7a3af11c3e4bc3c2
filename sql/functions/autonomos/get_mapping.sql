-- Requires: functions/autonomos/mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- One mapping.
--
-- Role:    member
-- Returns: 200, the mapping
-- Errors:  PT404 not_found    404  the tenant has no such mapping
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_mapping(mapping_id uuid)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_mapping data.mappings;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT m.* INTO v_mapping FROM data.mappings AS m WHERE m.mapping_id = get_mapping.mapping_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Mapping not found.', 404);
    END IF;
    RETURN autonomos.mapping_document(v_mapping);
END;
$$;
COMMENT ON FUNCTION autonomos.get_mapping(uuid) IS 'One mapping.';
GRANT EXECUTE ON FUNCTION autonomos.get_mapping(uuid) TO member;
SELECT api.route(
    'GET /api/v1/aam/mappings/{mapping_id}', 'autonomos.get_mapping', rate => 'read', tag => 'AAM', returns => '{
        "id": "uuid", "connection_id": "uuid", "entity": "string", "record_type": "string?", "source_relation": "string",
        "key_column": "string?", "cursor_column": "string?", "keeps_extras": "boolean",
        "on_removal": "keep|mark|delete", "status": "active|paused",
        "fields": [{"canonical_field": "string", "vendor_field": "string", "coercion": "any", "confidence": "number"}],
        "created_at": "date-time", "updated_at": "date-time"}',
    errors => '{not_found,unavailable}');
