-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/suggestion_document.sql
-- Requires: functions/data/accept_suggestion.sql
-- A person says that a suggestion is right, or which field or coercion would be.
--
-- Role:    member
-- Takes:   canonical_field: with or without its entity, account_name or name; coercion: [] for none
-- Returns: 200, the suggestion
-- Errors:  PT400 invalid             400  there is no such field, column or coercion
--          PT403 forbidden           403  the permission connections.write is missing
--          PT404 not_found           404  the tenant has no such suggestion
--          PT409 suggestion_decided  409  it was decided already, or a later look replaced it
--          PT409 not_applicable      409  the mapping cannot be repaired so; the sentence says why
--          PT409 connection_busy     409  a sync or a change of the connection is under way
--          PT503 unavailable         503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.accept_suggestion(
    suggestion_id uuid, canonical_field text DEFAULT NULL, coercion jsonb DEFAULT NULL, key_column text DEFAULT NULL,
    reason text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_field text := accept_suggestion.canonical_field;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT substr(v_field, length(p.prefix) + 1) INTO v_field
    FROM data.mapping_suggestions AS s
    LEFT JOIN data.mappings AS m USING (tenant_id, mapping_id)
    CROSS JOIN LATERAL (SELECT COALESCE(m.record_type, s.entity) || '_' AS prefix) AS p
    WHERE s.suggestion_id = accept_suggestion.suggestion_id AND starts_with(v_field, p.prefix);
    RETURN autonomos.suggestion_document(data.accept_suggestion(
        accept_suggestion.suggestion_id, COALESCE(v_field, accept_suggestion.canonical_field),
        accept_suggestion.coercion, accept_suggestion.key_column, accept_suggestion.reason));
END;
$$;
COMMENT ON FUNCTION autonomos.accept_suggestion(uuid, text, jsonb, text, text) IS
    'A person says that a suggestion is right, or which field or coercion would be.';
GRANT EXECUTE ON FUNCTION autonomos.accept_suggestion(uuid, text, jsonb, text, text) TO member;
SELECT api.route(
    'POST /api/v1/aam/intelligence/rag_queue/{suggestion_id}/accept', 'autonomos.accept_suggestion', rate => 'write',
    tag => 'AAM', returns => '{"id": "uuid", "connection_id": "uuid", "vendor": "string", "relation": "string", "entity": "string",
        "vendor_field": "string?", "canonical_field": "string?", "confidence": "number", "coercion": "any",
        "status": "pending|applied|accepted|rejected|superseded", "evidence": "object", "drift_event_id": "string?",
        "mapping_id": "string?", "failure": "string?", "reason": "string?", "created_at": "date-time",
        "decided_at": "string?"}',
    errors => '{invalid,forbidden,not_found,"409 suggestion_decided the suggestion is no longer pending","409 not_applicable the mapping cannot be repaired so",unavailable}');
