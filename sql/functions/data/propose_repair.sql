-- Requires: functions/data/apply_repair.sql
-- Requires: functions/data/mapping_settings.sql
-- Writes down a repair of a mapping after a drift, and carries it out at once if it is sure enough.
--
-- Role:    pgserver_owner, for functions that hold the connection and checked the permission
-- Takes:   canonical_field NULL: another key column (vendor_field), or no mapping any more (NULL too); vendor_field NULL:
--          no column for the field any more
CREATE OR REPLACE FUNCTION data.propose_repair(
    drift data.drift_events, mapping data.mappings, canonical_field text, vendor_field text, coercion jsonb,
    confidence numeric, evidence jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_threshold CONSTANT numeric := core.setting_integer('data.mapping_threshold') / 100.0;
    v_confidence CONSTANT numeric := round(least(greatest(propose_repair.confidence, 0), 1), 3);
    v_suggestion data.mapping_suggestions;
    v_failure    text;
BEGIN
    INSERT INTO data.mapping_suggestions AS s (
        tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, coercion, score, confidence,
        evidence, drift_event_id, mapping_id)
    VALUES (
        drift.tenant_id, drift.connection_id, drift.relation, mapping.entity, propose_repair.canonical_field,
        propose_repair.vendor_field, propose_repair.coercion, v_confidence, v_confidence, propose_repair.evidence,
        drift.drift_event_id, mapping.mapping_id)
    ON CONFLICT (tenant_id, connection_id, source_relation, entity, canonical_field) WHERE status = 'pending' DO UPDATE
    SET vendor_field = EXCLUDED.vendor_field, coercion = EXCLUDED.coercion, score = EXCLUDED.score,
        confidence = EXCLUDED.confidence, evidence = EXCLUDED.evidence, drift_event_id = EXCLUDED.drift_event_id,
        mapping_id = EXCLUDED.mapping_id, failure = NULL, updated_at = now()
    RETURNING s.* INTO STRICT v_suggestion;
    IF v_confidence >= v_threshold THEN
        v_failure := data.apply_repair(v_suggestion);
        UPDATE data.mapping_suggestions AS s
        SET status = CASE WHEN v_failure IS NULL THEN 'applied' ELSE 'pending' END, failure = v_failure,
            decided_at = CASE WHEN v_failure IS NULL THEN now() END, updated_at = now()
        WHERE s.tenant_id = v_suggestion.tenant_id AND s.suggestion_id = v_suggestion.suggestion_id;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.propose_repair(data.drift_events, data.mappings, text, text, jsonb, numeric, jsonb) IS
    'Writes down a repair of a mapping after a drift, and carries it out if it is sure enough.';
