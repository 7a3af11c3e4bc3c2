-- Requires: functions/autonomos/canonical_name.sql
-- Requires: functions/autonomos/coercion.sql
-- Requires: functions/autonomos/fraction.sql
-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/mapping_settings.sql
-- The registry of mapped fields of the calling tenant, by vendor, and how they came to be: by themselves (autofix), by a
-- person who accepted a suggestion (hitl), or stated by a client (manual).
--
-- Role:    member
-- Returns: 200 {mappings: [{vendor, canonical_field, vendor_field, confidence, coercion}],
--          summary: {total, autofix, hitl, manual, pending, average_confidence, threshold}}. The summary counts all,
--          whatever the page.
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_mappings(
    "limit" core.page_limit DEFAULT 1000, "offset" core.page_offset DEFAULT 0)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN json_build_object(
        'mappings', (
            SELECT COALESCE(json_agg(json_build_object(
                'vendor', r.source_system,
                'canonical_field', autonomos.canonical_name(r.entity, r.record_type, r.canonical_field),
                'vendor_field', r.vendor_field,
                'confidence', autonomos.fraction(r.confidence),
                'coercion', autonomos.coercion(r.coercion)
            ) ORDER BY r.source_system, r.entity, r.record_type, r.canonical_field, r.mapping_id), '[]')
            FROM (
                SELECT c.source_system, m.entity, m.record_type, m.mapping_id, f.canonical_field, f.vendor_field,
                    f.confidence, f.coercion
                FROM data.mapping_fields AS f
                JOIN data.mappings AS m USING (tenant_id, mapping_id)
                JOIN data.connections AS c USING (tenant_id, connection_id)
                ORDER BY c.source_system, m.entity, m.record_type, f.canonical_field, m.mapping_id
                LIMIT list_mappings."limit" OFFSET list_mappings."offset"
            ) AS r),
        'summary', (
            SELECT json_build_object(
                'total', count(*),
                'autofix', count(*) FILTER (WHERE o.status = 'applied'),
                'hitl', count(*) FILTER (WHERE o.status = 'accepted'),
                'manual', count(*) FILTER (WHERE o.status IS NULL),
                'pending', (SELECT count(*) FROM data.mapping_suggestions AS p WHERE p.status = 'pending'),
                'average_confidence', autonomos.fraction(avg(f.confidence)),
                'threshold', autonomos.fraction(core.setting_integer('data.mapping_threshold') / 100.0))
            FROM data.mapping_fields AS f
            LEFT JOIN LATERAL (
                SELECT s.status
                FROM data.mapping_suggestions AS s
                WHERE s.tenant_id = f.tenant_id AND s.mapping_id = f.mapping_id
                    AND s.status IN ('applied', 'accepted') AND s.vendor_field = f.vendor_field
                    AND COALESCE(s.decided_field, s.canonical_field) = f.canonical_field
                ORDER BY s.decided_at DESC
                LIMIT 1
            ) AS o ON true));
END;
$$;
COMMENT ON FUNCTION autonomos.list_mappings(core.page_limit, core.page_offset) IS
    'The registry of mapped fields, and how they came to be.';
GRANT EXECUTE ON FUNCTION autonomos.list_mappings(core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/intelligence/mappings', 'autonomos.list_mappings', rate => 'read', tag => 'AAM',
    returns => '{
        "mappings": [{"vendor": "string", "canonical_field": "string", "vendor_field": "string", "confidence": "number",
                      "coercion": "any"}],
        "summary": {"total": "integer", "autofix": "integer", "hitl": "integer", "manual": "integer",
                    "pending": "integer", "average_confidence": "number?", "threshold": "number"}}',
    errors => '{unavailable}');
