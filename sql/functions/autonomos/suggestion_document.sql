-- Requires: functions/autonomos/canonical_name.sql
-- Requires: functions/autonomos/coercion.sql
-- Requires: functions/autonomos/fraction.sql
-- A suggestion as the queue shows it.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.suggestion_document(suggestion data.mapping_suggestions)
RETURNS json LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT json_build_object(
        'id', suggestion.suggestion_id,
        'connection_id', suggestion.connection_id,
        'vendor', c.source_system,
        'relation', suggestion.source_relation,
        'entity', COALESCE(m.record_type, suggestion.entity),
        'vendor_field', suggestion.vendor_field,
        'canonical_field', autonomos.canonical_name(
            suggestion.entity, m.record_type, COALESCE(suggestion.decided_field, suggestion.canonical_field)),
        'confidence', autonomos.fraction(suggestion.confidence),
        'coercion', autonomos.coercion(suggestion.coercion),
        'status', suggestion.status,
        'evidence', suggestion.evidence,
        'drift_event_id', suggestion.drift_event_id,
        'mapping_id', suggestion.mapping_id,
        'failure', suggestion.failure,
        'reason', suggestion.reason,
        'created_at', core.rfc3339(suggestion.created_at),
        'decided_at', core.rfc3339(suggestion.decided_at))
    FROM data.connections AS c
    LEFT JOIN data.mappings AS m ON m.tenant_id = c.tenant_id AND m.mapping_id = suggestion.mapping_id
    WHERE c.tenant_id = suggestion.tenant_id AND c.connection_id = suggestion.connection_id
);
COMMENT ON FUNCTION autonomos.suggestion_document(data.mapping_suggestions) IS 'A suggestion as the queue shows it.';
GRANT EXECUTE ON FUNCTION autonomos.suggestion_document(data.mapping_suggestions) TO member;
