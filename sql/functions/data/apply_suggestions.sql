-- Requires: functions/data/canonical_fields.sql
-- Requires: functions/data/change_mapping.sql
-- Requires: functions/data/create_mapping.sql
-- Requires: functions/data/failure_sentence.sql
-- Requires: functions/data/is_foreign_source.sql
-- Requires: functions/data/latest_relation.sql
-- Requires: functions/data/mapping_settings.sql
-- Requires: functions/data/name_phrase.sql
-- Puts what is decided about a relation into its mapping: what a person accepted, and what is sure enough by itself. A
-- relation that is not mapped yet gets its mapping as soon as its required fields are among that, and, unless a person
-- accepted something of it, only if its name leaves no doubt what it holds.
--
-- Role:    pgserver_owner, for functions that hold the connection and checked the permission
-- Takes:   key_column: which column tells the rows apart; else that of the source, or one called id
-- Returns: the mapping's id; NULL if nothing was applied. Why not is then the failure of the suggestions.
CREATE OR REPLACE FUNCTION data.apply_suggestions(
    connection_id uuid, source_relation text, entity text, key_column text DEFAULT NULL)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_threshold CONSTANT numeric := core.setting_integer('data.mapping_threshold') / 100.0;
    v_tenant_id CONSTANT uuid := auth.tenant_id();
    v_relation  CONSTANT jsonb := data.latest_relation(apply_suggestions.connection_id, apply_suggestions.source_relation);
    v_mapping    data.mappings;
    v_ids        uuid[];
    v_fields     jsonb;
    v_missing    text;
    v_is_foreign boolean;
    v_key        text := apply_suggestions.key_column;
    v_cursor     text;
    v_failure    text;
    v_message    text;
    v_detail     text;
    v_constraint text;
BEGIN
    SELECT m.* INTO v_mapping
    FROM data.mappings AS m
    WHERE m.tenant_id = v_tenant_id AND m.connection_id = apply_suggestions.connection_id
        AND m.source_relation = apply_suggestions.source_relation AND m.entity = apply_suggestions.entity
    ORDER BY m.created_at
    LIMIT 1;
    -- Of two for one field the person's word counts, then the surer.
    SELECT array_agg(g.suggestion_id), jsonb_agg(jsonb_build_object(
        'canonical_field', g.field, 'vendor_field', g.vendor_field, 'coercion', g.coercion, 'confidence', g.confidence))
    INTO v_ids, v_fields
    FROM (
        SELECT DISTINCT ON (f.field)
            s.suggestion_id, f.field, s.vendor_field, s.coercion,
            CASE s.status WHEN 'accepted' THEN 1 ELSE s.confidence END AS confidence
        FROM data.mapping_suggestions AS s
        CROSS JOIN LATERAL (SELECT COALESCE(s.decided_field, s.canonical_field) AS field) AS f
        WHERE s.tenant_id = v_tenant_id AND s.connection_id = apply_suggestions.connection_id
            AND s.source_relation = apply_suggestions.source_relation AND s.entity = apply_suggestions.entity
            AND s.vendor_field IS NOT NULL AND f.field IS NOT NULL AND s.drift_event_id IS NULL
            AND (
                s.status = 'accepted' AND s.mapping_id IS NULL
                OR s.status = 'pending' AND s.confidence >= v_threshold AND (
                    v_mapping.mapping_id IS NOT NULL
                    OR (s.evidence -> 'relation')::numeric = 1
                    OR EXISTS (
                        SELECT FROM data.mapping_suggestions AS a
                        WHERE a.tenant_id = v_tenant_id AND a.connection_id = s.connection_id
                            AND a.source_relation = s.source_relation AND a.entity = s.entity AND a.status = 'accepted')
                )
            )
        ORDER BY f.field, s.status, s.confidence DESC, s.created_at
    ) AS g;
    IF v_ids IS NULL THEN
        RETURN NULL;
    END IF;

    IF v_mapping.mapping_id IS NULL THEN
        SELECT string_agg(f.field, ', ' ORDER BY f.field) INTO v_missing
        FROM data.canonical_fields(apply_suggestions.entity) AS f
        WHERE f.is_required AND NOT v_fields @> jsonb_build_array(jsonb_build_object('canonical_field', f.field));
        IF v_missing IS NOT NULL THEN
            v_failure := format('Without %s the relation cannot be mapped.', v_missing);
        END IF;
        SELECT data.is_foreign_source(c.connection_type) INTO STRICT v_is_foreign
        FROM data.connections AS c
        WHERE c.tenant_id = v_tenant_id AND c.connection_id = apply_suggestions.connection_id;
        IF v_key IS NULL THEN
            v_key := CASE WHEN jsonb_array_length(v_relation -> 'key_columns') = 1 THEN v_relation #>> '{key_columns,0}' END;
        END IF;
        -- A column called id will do, in a file if its values are all there and differ.
        IF v_key IS NULL THEN
            SELECT c.entry ->> 'column' INTO v_key
            FROM jsonb_array_elements(v_relation -> 'columns') WITH ORDINALITY AS c (entry, position)
            WHERE (v_is_foreign OR v_relation -> 'key_candidates' ? (c.entry ->> 'column'))
                AND data.name_phrase(c.entry ->> 'column') IN (
                    'id', apply_suggestions.entity || ' id',
                    data.name_phrase(apply_suggestions.source_relation) || ' id')
            ORDER BY c.position
            LIMIT 1;
        END IF;
        IF v_is_foreign THEN
            SELECT f.entry ->> 'vendor_field' INTO v_cursor
            FROM jsonb_array_elements(v_fields) AS f (entry)
            JOIN jsonb_array_elements(v_relation -> 'columns') AS c (entry)
                ON c.entry ->> 'column' = f.entry ->> 'vendor_field'
            WHERE f.entry ->> 'canonical_field' = 'updated_at'
                AND c.entry ->> 'type' IN ('timestamp without time zone', 'timestamp with time zone');
        END IF;
    END IF;
    IF v_failure IS NULL THEN
        BEGIN
            IF v_mapping.mapping_id IS NULL THEN
                v_mapping.mapping_id := data.create_mapping(
                    apply_suggestions.connection_id, apply_suggestions.entity, apply_suggestions.source_relation, v_key,
                    v_fields, cursor_column => v_cursor);
            ELSE
                PERFORM data.change_mapping(v_mapping.mapping_id, v_fields);
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT422' OR SQLSTATE 'PT502' OR unique_violation OR check_violation THEN
                GET STACKED DIAGNOSTICS
                    v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL, v_constraint = CONSTRAINT_NAME;
                v_failure := data.failure_sentence(v_message, v_detail, v_constraint);
                v_mapping.mapping_id := NULL;
        END;
    END IF;
    UPDATE data.mapping_suggestions AS s
    SET mapping_id = v_mapping.mapping_id, failure = v_failure, updated_at = now(),
        status = CASE WHEN s.status = 'pending' AND v_mapping.mapping_id IS NOT NULL THEN 'applied' ELSE s.status END,
        decided_at = CASE WHEN v_mapping.mapping_id IS NOT NULL THEN COALESCE(s.decided_at, now()) ELSE s.decided_at END
    WHERE s.tenant_id = v_tenant_id AND s.suggestion_id = ANY (v_ids);
    RETURN v_mapping.mapping_id;
END;
$$;
COMMENT ON FUNCTION data.apply_suggestions(uuid, text, text, text) IS
    'Puts what is decided about a relation into its mapping.';
