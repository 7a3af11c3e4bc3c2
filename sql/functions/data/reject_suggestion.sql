-- Requires: functions/data/learn_name.sql
-- Requires: functions/data/pending_suggestion.sql
-- Requires: functions/data/settle_drift.sql
-- Says that a suggestion is wrong. It is not made again for this relation, and the name is remembered as not being that
-- field.
--
-- Role:    member, worker
-- Definer: lends the storing of the decision and of synonyms, for the caller's tenant
-- Returns: the suggestion
-- Errors:  PT400 invalid             400  the reason is too long
--          PT401 unauthenticated     401  nobody is signed in
--          PT403 forbidden           403  the permission connections.write is missing
--          PT404 not_found           404  the tenant has no such suggestion
--          PT409 suggestion_decided  409  it was decided already, or a later look replaced it
--          PT409 connection_busy     409  a sync or a change of the connection is under way
CREATE OR REPLACE FUNCTION data.reject_suggestion(suggestion_id uuid, reason text DEFAULT NULL)
RETURNS data.mapping_suggestions LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_suggestion data.mapping_suggestions := data.pending_suggestion(reject_suggestion.suggestion_id);
BEGIN
    PERFORM api.invalid(CASE WHEN char_length(reject_suggestion.reason) > 500
        THEN ('reason', 'too_long', 'A reason has at most 500 characters.')::api.fault END);
    UPDATE data.mapping_suggestions AS s
    SET status = 'rejected', decided_by = auth.user_id(), decided_at = now(), reason = reject_suggestion.reason,
        updated_at = now()
    WHERE s.tenant_id = v_suggestion.tenant_id AND s.suggestion_id = v_suggestion.suggestion_id
    RETURNING s.* INTO STRICT v_suggestion;
    IF v_suggestion.entity <> 'record' AND v_suggestion.vendor_field IS NOT NULL
        AND v_suggestion.canonical_field IS NOT NULL
    THEN
        PERFORM data.learn_name(v_suggestion.entity, v_suggestion.canonical_field, v_suggestion.vendor_field, false);
    END IF;
    IF v_suggestion.drift_event_id IS NOT NULL THEN
        PERFORM data.settle_drift(v_suggestion.drift_event_id);
    END IF;
    RETURN v_suggestion;
END;
$$;
COMMENT ON FUNCTION data.reject_suggestion(uuid, text) IS 'Says that a suggestion is wrong.';
GRANT EXECUTE ON FUNCTION data.reject_suggestion(uuid, text) TO member, worker;
