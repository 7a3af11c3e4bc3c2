-- Requires: functions/autonomos/mapping_document.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/change_mapping.sql
-- Changes which columns fill some fields of a mapping; the others stay as they are.
--
-- Role:    member
-- Takes:   fields: [{canonical_field, vendor_field, data_type?, coercion?, confidence?}]; a vendor_field of null leaves
--          the field unmapped
-- Returns: 200, the mapping
-- Errors:  PT400 invalid          400  a column, field or coercion is not known; each is named
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such mapping
--          PT409 connection_busy  409  another change of the connection is under way
--          PT503 unavailable      503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.change_mapping(mapping_id uuid, fields jsonb)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.change_mapping(change_mapping.mapping_id, change_mapping.fields);
    RETURN (
        SELECT autonomos.mapping_document(m) FROM data.mappings AS m WHERE m.mapping_id = change_mapping.mapping_id);
END;
$$;
COMMENT ON FUNCTION autonomos.change_mapping(uuid, jsonb) IS 'Changes which columns fill some fields of a mapping.';
GRANT EXECUTE ON FUNCTION autonomos.change_mapping(uuid, jsonb) TO member;
SELECT api.route(
    'PATCH /api/v1/aam/mappings/{mapping_id}', 'autonomos.change_mapping', rate => 'write', tag => 'AAM',
    returns => '{
        "id": "uuid", "connection_id": "uuid", "entity": "string", "record_type": "string?", "source_relation": "string",
        "key_column": "string?", "cursor_column": "string?", "keeps_extras": "boolean",
        "on_removal": "keep|mark|delete", "status": "active|paused",
        "fields": [{"canonical_field": "string", "vendor_field": "string", "coercion": "any", "confidence": "number"}],
        "created_at": "date-time", "updated_at": "date-time"}', errors => '{invalid,forbidden,not_found,conflict,unavailable}');
