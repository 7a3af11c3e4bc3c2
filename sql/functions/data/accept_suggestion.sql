-- Requires: functions/data/apply_repair.sql
-- Requires: functions/data/apply_suggestions.sql
-- Requires: functions/data/learn_name.sql
-- Requires: functions/data/pending_suggestion.sql
-- Requires: functions/data/settle_drift.sql
-- Says that a suggestion is right, or would be with another field or coercion. It goes into the mapping of its relation
-- as soon as that can be made; what the name means is remembered for the tenant.
--
-- Role:    member, worker
-- Definer: lends the storing of the decision, of synonyms and of mappings, for the caller's tenant
-- Takes:   canonical_field: the right one, if it is not the suggested one; coercion: the right one, [] for none;
--          key_column: what tells the rows of the relation apart, where that cannot be seen
-- Returns: the suggestion; mapping_id NULL and a failure if the mapping lacks something yet
-- Errors:  PT400 invalid             400  there is no such field, column or coercion
--          PT401 unauthenticated     401  nobody is signed in
--          PT403 forbidden           403  the permission connections.write is missing
--          PT404 not_found           404  the tenant has no such suggestion
--          PT409 suggestion_decided  409  it was decided already, or a later look replaced it
--          PT409 not_applicable      409  the mapping cannot be repaired so; the sentence says why
--          PT409 connection_busy     409  a sync or a change of the connection is under way
CREATE OR REPLACE FUNCTION data.accept_suggestion(
    suggestion_id uuid, canonical_field text DEFAULT NULL, coercion jsonb DEFAULT NULL, key_column text DEFAULT NULL,
    reason text DEFAULT NULL)
RETURNS data.mapping_suggestions LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_suggestion  data.mapping_suggestions := data.pending_suggestion(accept_suggestion.suggestion_id);
    v_record_type text;
    v_relation    jsonb;
    v_failure     text;
    v_target      record;
    v_is_other    CONSTANT boolean := accept_suggestion.canonical_field IS NOT NULL
        AND accept_suggestion.canonical_field IS DISTINCT FROM v_suggestion.canonical_field;
BEGIN
    SELECT m.record_type INTO v_record_type
    FROM data.mappings AS m
    WHERE m.tenant_id = v_suggestion.tenant_id AND m.mapping_id = v_suggestion.mapping_id;
    v_relation := data.latest_relation(v_suggestion.connection_id, v_suggestion.source_relation);
    SELECT f.field, f.data_type INTO v_target
    FROM data.canonical_fields(v_suggestion.entity, v_record_type) AS f
    WHERE f.field = COALESCE(accept_suggestion.canonical_field, v_suggestion.canonical_field);
    PERFORM api.invalid(
        CASE WHEN v_is_other AND (v_target.field IS NULL OR v_suggestion.canonical_field IS NULL)
            THEN ('canonical_field', 'not_found', 'The entity has no such field.')::api.fault END,
        CASE WHEN accept_suggestion.coercion <> '[]' AND data.coercion_steps(accept_suggestion.coercion) IS NULL
            THEN ('coercion', 'invalid_value', 'There is no such coercion.')::api.fault END,
        CASE WHEN accept_suggestion.key_column IS NOT NULL AND NOT COALESCE(
                v_relation -> 'columns' @> jsonb_build_array(jsonb_build_object('column', accept_suggestion.key_column)), false)
            THEN ('key_column', 'not_found', 'The relation has no such column.')::api.fault END,
        CASE WHEN char_length(accept_suggestion.reason) > 500
            THEN ('reason', 'too_long', 'A reason has at most 500 characters.')::api.fault END);

    -- Another field asks for its own coercion.
    v_suggestion.coercion := CASE
        WHEN accept_suggestion.coercion IS NOT NULL THEN nullif(accept_suggestion.coercion, '[]')
        WHEN v_is_other THEN (
            SELECT t.coercion
            FROM jsonb_array_elements(v_relation -> 'columns') AS c (entry)
            CROSS JOIN LATERAL data.type_fit(
                c.entry ->> 'type', data.value_kinds(c.entry -> 'sample'), v_target.field, v_target.data_type,
                data.name_phrase(v_suggestion.vendor_field)) AS t
            WHERE c.entry ->> 'column' = v_suggestion.vendor_field)
        ELSE v_suggestion.coercion
    END;
    UPDATE data.mapping_suggestions AS s
    SET status = 'accepted', coercion = v_suggestion.coercion,
        decided_field = CASE WHEN v_is_other THEN accept_suggestion.canonical_field END,
        decided_by = auth.user_id(), decided_at = now(), reason = accept_suggestion.reason, failure = NULL,
        updated_at = now()
    WHERE s.tenant_id = v_suggestion.tenant_id AND s.suggestion_id = v_suggestion.suggestion_id
    RETURNING s.* INTO STRICT v_suggestion;
    IF v_is_other THEN
        -- Whatever else was suggested for that field has become wrong.
        UPDATE data.mapping_suggestions AS s
        SET status = 'superseded', updated_at = now()
        WHERE s.tenant_id = v_suggestion.tenant_id AND s.connection_id = v_suggestion.connection_id
            AND s.source_relation = v_suggestion.source_relation AND s.entity = v_suggestion.entity
            AND s.canonical_field = accept_suggestion.canonical_field AND s.status = 'pending';
    END IF;
    IF v_suggestion.entity <> 'record' AND v_suggestion.vendor_field IS NOT NULL
        AND v_suggestion.canonical_field IS NOT NULL
    THEN
        IF v_is_other THEN
            PERFORM data.learn_name(
                v_suggestion.entity, v_suggestion.canonical_field, v_suggestion.vendor_field, false);
        END IF;
        PERFORM data.learn_name(v_suggestion.entity, v_target.field, v_suggestion.vendor_field, true);
    END IF;

    IF v_suggestion.drift_event_id IS NOT NULL THEN
        v_failure := data.apply_repair(v_suggestion);
        IF v_failure IS NOT NULL THEN
            PERFORM api.fail('not_applicable', v_failure, 409);
        END IF;
        PERFORM data.settle_drift(v_suggestion.drift_event_id);
    ELSE
        PERFORM data.apply_suggestions(
            v_suggestion.connection_id, v_suggestion.source_relation, v_suggestion.entity,
            accept_suggestion.key_column);
    END IF;
    SELECT s.* INTO STRICT v_suggestion
    FROM data.mapping_suggestions AS s
    WHERE s.tenant_id = v_suggestion.tenant_id AND s.suggestion_id = v_suggestion.suggestion_id;
    RETURN v_suggestion;
END;
$$;
COMMENT ON FUNCTION data.accept_suggestion(uuid, text, jsonb, text, text) IS 'Says that a suggestion is right, or would be with another field or coercion.';
GRANT EXECUTE ON FUNCTION data.accept_suggestion(uuid, text, jsonb, text, text) TO member, worker;
