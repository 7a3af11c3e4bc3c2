-- Requires: functions/data/match_fields.sql
-- Requires: functions/data/propose_repair.sql
-- Requires: functions/data/settle_drift.sql
-- Does about a drift what can be done: what is sure enough is repaired, for the rest a person is asked.
--
--   field_renamed   the fields that the column filled, a key made of it and columns it was joined to follow the new name;
--                   as sure as the rename itself is, or as the new name is a name of that field, whichever is more
--   field_removed   another column that is not mapped takes the place if one goes with the field; else a person is asked
--                   whether the field shall be mapped no longer
--   type_changed    the coercion is made for the new type; where the type can never be the field's, a person is asked
--   field_added     the column fills a field that nothing fills yet
--   table_removed   a person is asked whether the relation shall be mapped no longer
--   table_added     nothing: data.suggest_mappings looks at new relations
--
-- Role:    member, worker
-- Definer: lends the changing of mappings, suggestions and drift events, for the caller's tenant
-- Returns: what became of the drift: auto_repaired, queued, or detected if it touches nothing that is mapped. One that
--          was dealt with already stays as it is.
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such drift event
--          PT409 connection_busy  409  a sync or a change of the connection is under way
CREATE OR REPLACE FUNCTION data.repair_drift(drift_event_id uuid)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_floor   CONSTANT numeric := core.setting_integer('data.suggestion_floor') / 100.0;
    v_drift   data.drift_events;
    v_columns jsonb;
    v_mapping data.mappings;
    v_field   record;
    v_column  jsonb;
    v_match   record;
    v_fit     record;
    v_used    text[];
    v_counts  record;
BEGIN
    PERFORM data.require_write();
    SELECT d.* INTO v_drift
    FROM data.drift_events AS d
    WHERE d.tenant_id = (SELECT auth.tenant_id()) AND d.drift_event_id = repair_drift.drift_event_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Drift event not found.', 404);
    ELSIF v_drift.status <> 'detected' THEN
        RETURN v_drift.status;
    END IF;
    PERFORM data.writable_connection(v_drift.connection_id);
    SELECT r.entry -> 'columns' INTO v_columns
    FROM data.schema_snapshots AS s
    CROSS JOIN LATERAL jsonb_array_elements(s.relations) AS r (entry)
    WHERE s.tenant_id = v_drift.tenant_id AND s.connection_id = v_drift.connection_id AND s.version = v_drift.version
        AND r.entry ->> 'relation' = v_drift.relation;
    v_columns := COALESCE(v_columns, '[]');

    FOR v_mapping IN
        SELECT m.*
        FROM data.mappings AS m
        WHERE m.tenant_id = v_drift.tenant_id AND m.connection_id = v_drift.connection_id
            AND m.source_relation = v_drift.relation
        ORDER BY m.created_at, m.mapping_id
    LOOP
        SELECT array_agg(f.canonical_field) INTO v_used
        FROM data.mapping_fields AS f
        WHERE f.tenant_id = v_mapping.tenant_id AND f.mapping_id = v_mapping.mapping_id;
        IF v_drift.event_type = 'table_removed' THEN
            PERFORM data.propose_repair(v_drift, v_mapping, NULL, NULL, NULL, 0.5, '{"drift": "table_removed"}');
        ELSIF v_drift.event_type = 'field_added' AND v_mapping.entity <> 'record' THEN
            SELECT m.* INTO v_match
            FROM data.match_fields(
                v_mapping.entity, v_drift.relation, 1, jsonb_path_query_array(
                    v_columns, '$[*] ? (@.column == $name)',
                    jsonb_build_object('name', COALESCE(v_drift.new_field, v_drift.field))),
                skipped => v_used) AS m
            WHERE m.confidence >= v_floor;
            IF FOUND THEN
                PERFORM data.propose_repair(
                    v_drift, v_mapping, v_match.canonical_field, v_match.vendor_field, v_match.coercion,
                    v_match.confidence, v_match.evidence);
            END IF;
        END IF;
        CONTINUE WHEN v_drift.event_type NOT IN ('field_renamed', 'field_removed', 'type_changed');

        FOR v_field IN
            SELECT f.canonical_field, f.vendor_field, f.coercion, s.steps, c.data_type
            FROM data.mapping_fields AS f
            JOIN data.canonical_fields(v_mapping.entity, v_mapping.record_type) AS c ON c.field = f.canonical_field
            CROSS JOIN LATERAL (SELECT data.coercion_steps(f.coercion) AS steps) AS s
            WHERE f.tenant_id = v_mapping.tenant_id AND f.mapping_id = v_mapping.mapping_id
                AND (f.vendor_field = v_drift.field OR s.steps #> '{0,concat}' ? v_drift.field)
            ORDER BY f.canonical_field
        LOOP
            v_match := NULL;
            SELECT c.entry INTO v_column
            FROM jsonb_array_elements(v_columns) AS c (entry)
            WHERE c.entry ->> 'column' = COALESCE(v_drift.new_field, v_drift.field);
            IF v_field.vendor_field <> v_drift.field THEN
                -- A column that is only joined to another. Without it the text would be another one.
                IF v_drift.event_type = 'field_renamed' THEN
                    PERFORM data.propose_repair(
                        v_drift, v_mapping, v_field.canonical_field, v_field.vendor_field,
                        jsonb_set(v_field.steps, '{0,concat}', (
                            SELECT jsonb_agg(CASE e.name WHEN v_drift.field THEN v_drift.new_field ELSE e.name END
                                ORDER BY e.position)
                            FROM jsonb_array_elements_text(v_field.steps #> '{0,concat}')
                                WITH ORDINALITY AS e (name, position))),
                        v_drift.confidence, '{"drift": "field_renamed"}');
                ELSIF v_drift.event_type = 'field_removed' THEN
                    PERFORM data.propose_repair(
                        v_drift, v_mapping, v_field.canonical_field, NULL, NULL, 0.5, '{"drift": "field_removed"}');
                END IF;
            ELSIF v_drift.event_type = 'field_renamed' THEN
                SELECT m.* INTO v_match
                FROM data.match_fields(
                    v_mapping.entity, v_drift.relation, 1, jsonb_build_array(v_column), v_mapping.record_type,
                    array_remove(v_used, v_field.canonical_field)) AS m
                WHERE m.canonical_field = v_field.canonical_field;
                PERFORM data.propose_repair(
                    v_drift, v_mapping, v_field.canonical_field, v_drift.new_field, v_field.coercion,
                    greatest(v_drift.confidence, v_match.confidence),
                    jsonb_build_object('drift', 'field_renamed', 'rename', v_drift.confidence)
                        || COALESCE(v_match.evidence, '{}'));
            ELSIF v_drift.event_type = 'type_changed' THEN
                -- What the column means is settled; anything can be read as text.
                SELECT
                    CASE WHEN v_field.data_type IN ('text', 'json') AND v_column ->> 'type' !~* '^(json|array|object)'
                        THEN greatest(t.fit, 0.95) ELSE t.fit END AS fit,
                    t.coercion
                INTO STRICT v_fit
                FROM data.type_fit(
                    v_column ->> 'type', data.value_kinds(v_column -> 'sample'), v_field.canonical_field,
                    v_field.data_type, data.name_phrase(v_field.vendor_field)) AS t;
                IF v_fit.fit > 0 THEN
                    -- What a person wrote (a table of words, a join) is kept before the new type's own steps.
                    PERFORM data.propose_repair(
                        v_drift, v_mapping, v_field.canonical_field, v_field.vendor_field,
                        CASE WHEN jsonb_path_exists(v_field.steps, '$[*] ? (@.type() == "object")')
                            THEN v_field.coercion ELSE v_fit.coercion END,
                        least(v_fit.fit, v_drift.confidence),
                        jsonb_build_object('drift', 'type_changed', 'type', v_fit.fit));
                ELSE
                    PERFORM data.propose_repair(
                        v_drift, v_mapping, v_field.canonical_field, NULL, NULL, 0.5,
                        '{"drift": "type_changed", "type": 0}');
                END IF;
            ELSE
                SELECT m.* INTO v_match
                FROM data.match_fields(
                    v_mapping.entity, v_drift.relation, 1,
                    (SELECT COALESCE(jsonb_agg(c.entry ORDER BY c.position), '[]')
                     FROM jsonb_array_elements(v_columns) WITH ORDINALITY AS c (entry, position)
                     WHERE NOT EXISTS (
                        SELECT FROM data.mapping_fields AS u
                        WHERE u.tenant_id = v_mapping.tenant_id AND u.mapping_id = v_mapping.mapping_id
                            AND u.vendor_field = c.entry ->> 'column')),
                    v_mapping.record_type, array_remove(v_used, v_field.canonical_field)) AS m
                WHERE m.canonical_field = v_field.canonical_field AND m.confidence >= v_floor;
                PERFORM data.propose_repair(
                    v_drift, v_mapping, v_field.canonical_field, v_match.vendor_field, v_match.coercion,
                    COALESCE(v_match.confidence, 0.5),
                    jsonb_build_object('drift', 'field_removed') || COALESCE(v_match.evidence, '{}'));
            END IF;
        END LOOP;
        IF v_drift.event_type = 'field_renamed' THEN
            IF v_mapping.key_column = v_drift.field THEN
                PERFORM data.propose_repair(
                    v_drift, v_mapping, NULL, v_drift.new_field, NULL, v_drift.confidence,
                    '{"drift": "field_renamed", "role": "key_column"}');
            END IF;
            -- Where it was read up to stays true: it is the same column.
            UPDATE data.mappings AS m
            SET cursor_column = v_drift.new_field, updated_at = now()
            WHERE m.tenant_id = v_mapping.tenant_id AND m.mapping_id = v_mapping.mapping_id
                AND m.cursor_column = v_drift.field
                AND v_drift.confidence >= core.setting_integer('data.mapping_threshold') / 100.0;
        END IF;
    END LOOP;

    SELECT count(*) AS total, count(*) FILTER (WHERE s.status = 'pending') AS waiting
    INTO STRICT v_counts
    FROM data.mapping_suggestions AS s
    WHERE s.tenant_id = v_drift.tenant_id AND s.drift_event_id = v_drift.drift_event_id;
    UPDATE data.drift_events AS d
    SET status = CASE WHEN v_counts.waiting > 0 THEN 'queued' ELSE 'auto_repaired' END,
        resolved_at = CASE WHEN v_counts.waiting = 0 THEN now() END
    WHERE d.tenant_id = v_drift.tenant_id AND d.drift_event_id = v_drift.drift_event_id AND v_counts.total > 0
    RETURNING d.status INTO v_drift.status;
    RETURN COALESCE(v_drift.status, 'detected');
END;
$$;
COMMENT ON FUNCTION data.repair_drift(uuid) IS 'Does about a drift what can be done: repairs, or asks a person.';
GRANT EXECUTE ON FUNCTION data.repair_drift(uuid) TO member, worker;
