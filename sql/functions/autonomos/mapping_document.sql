-- Requires: functions/autonomos/fraction.sql
-- A mapping with its fields, which bear the names that creating and changing one takes.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.mapping_document(mapping data.mappings)
RETURNS json LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN json_build_object(
    'id', mapping.mapping_id,
    'connection_id', mapping.connection_id,
    'entity', mapping.entity,
    'record_type', mapping.record_type,
    'source_relation', mapping.source_relation,
    'key_column', mapping.key_column,
    'cursor_column', mapping.cursor_column,
    'keeps_extras', mapping.keeps_extras,
    'on_removal', mapping.on_removal,
    'status', mapping.status,
    'fields', (
        SELECT COALESCE(json_agg(json_build_object(
            'canonical_field', f.canonical_field, 'vendor_field', f.vendor_field, 'coercion', f.coercion,
            'confidence', autonomos.fraction(f.confidence)) ORDER BY f.canonical_field), '[]')
        FROM data.mapping_fields AS f
        WHERE f.tenant_id = mapping.tenant_id AND f.mapping_id = mapping.mapping_id),
    'created_at', core.rfc3339(mapping.created_at),
    'updated_at', core.rfc3339(mapping.updated_at));
COMMENT ON FUNCTION autonomos.mapping_document(data.mappings) IS 'A mapping with its fields.';
GRANT EXECUTE ON FUNCTION autonomos.mapping_document(data.mappings) TO member;
