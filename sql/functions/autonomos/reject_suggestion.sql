-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/suggestion_document.sql
-- Requires: functions/data/reject_suggestion.sql
-- A person says that a suggestion is wrong.
--
-- Role:    member
-- Returns: 200, the suggestion
-- Errors:  PT400 invalid             400  the reason is too long
--          PT403 forbidden           403  the permission connections.write is missing
--          PT404 not_found           404  the tenant has no such suggestion
--          PT409 suggestion_decided  409  it was decided already, or a later look replaced it
--          PT409 connection_busy     409  a sync or a change of the connection is under way
--          PT503 unavailable         503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.reject_suggestion(suggestion_id uuid, reason text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN autonomos.suggestion_document(
        data.reject_suggestion(reject_suggestion.suggestion_id, reject_suggestion.reason));
END;
$$;
COMMENT ON FUNCTION autonomos.reject_suggestion(uuid, text) IS 'A person says that a suggestion is wrong.';
GRANT EXECUTE ON FUNCTION autonomos.reject_suggestion(uuid, text) TO member;
SELECT api.route(
    'POST /api/v1/aam/intelligence/rag_queue/{suggestion_id}/reject', 'autonomos.reject_suggestion', rate => 'write',
    tag => 'AAM', returns => '{"id": "uuid", "connection_id": "uuid", "vendor": "string", "relation": "string", "entity": "string",
        "vendor_field": "string?", "canonical_field": "string?", "confidence": "number", "coercion": "any",
        "status": "pending|applied|accepted|rejected|superseded", "evidence": "object", "drift_event_id": "string?",
        "mapping_id": "string?", "failure": "string?", "reason": "string?", "created_at": "date-time",
        "decided_at": "string?"}',
    errors => '{invalid,forbidden,not_found,"409 suggestion_decided the suggestion is no longer pending",unavailable}');
