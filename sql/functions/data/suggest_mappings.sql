-- Requires: functions/data/apply_suggestions.sql
-- Requires: functions/data/match_entity.sql
-- Requires: functions/data/match_fields.sql
-- Requires: functions/data/writable_connection.sql
-- Looks through what was discovered of a source: which entity each relation holds, and which columns fill its fields.
-- What is sure enough is applied, what is probable is put in the queue for a person, and what was suggested before and
-- is no longer so is superseded.
--
-- A connection feeds an entity from one relation: the one that is mapped, else the one asked for, else the likeliest. What a person rejected is
-- not suggested again, and mapped fields and columns are left alone.
--
-- Role:    member, worker
-- Definer: lends the storing of suggestions and mappings, for the caller's tenant
-- Takes:   relation: one of them; NULL for all, of which the first 1000 are looked at
-- Returns: {connection_id, version, relations: [{relation, entity, score, mapping_id, applied, queued}], applied, queued}
-- Errors:  PT400 invalid          400  the source has no such relation
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
--          PT409 disconnected     409  the connection was disconnected
--          PT409 not_discovered   409  nothing was discovered of the connection yet
CREATE OR REPLACE FUNCTION data.suggest_mappings(connection_id uuid, relation text DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_relation_count_max CONSTANT int := 1000;
    v_floor      CONSTANT numeric := core.setting_integer('data.suggestion_floor') / 100.0;
    v_connection CONSTANT data.connections := data.writable_connection(suggest_mappings.connection_id);
    v_version    int;
    v_relations  jsonb;
    v_chosen     record;
    v_found      uuid[];
    v_kept       uuid[] := '{}';
    v_mapping_id uuid;
    v_counts     record;
    v_answer     jsonb[] := '{}';
BEGIN
    IF v_connection.status = 'DISCONNECTED' THEN
        PERFORM api.fail('disconnected', 'This connection was disconnected.', 409);
    END IF;
    SELECT s.version, s.relations INTO v_version, v_relations
    FROM data.schema_snapshots AS s
    WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id
    ORDER BY s.version DESC
    LIMIT 1;
    IF NOT FOUND THEN
        PERFORM api.fail('not_discovered', 'This connection has not been discovered yet.', 409);
    ELSIF suggest_mappings.relation IS NOT NULL
        AND NOT v_relations @> jsonb_build_array(jsonb_build_object('relation', suggest_mappings.relation))
    THEN
        PERFORM api.invalid(('relation', 'not_found', 'The source has no such relation.')::api.fault);
    END IF;

    FOR v_chosen IN
        WITH source AS MATERIALIZED (
            SELECT r.position, r.entry ->> 'relation' AS name, r.entry -> 'columns' AS columns
            FROM jsonb_array_elements(v_relations) WITH ORDINALITY AS r (entry, position)
            WHERE r.position <= v_relation_count_max
                AND (r.entry ->> 'relation' = suggest_mappings.relation OR suggest_mappings.relation IS NULL)
        ), mapped AS MATERIALIZED (
            SELECT m.mapping_id, m.entity, m.source_relation
            FROM data.mappings AS m
            WHERE m.tenant_id = v_connection.tenant_id AND m.connection_id = v_connection.connection_id
        ), likely AS (
            SELECT DISTINCT ON (e.entity) s.position, s.name, s.columns, e.entity, e.score
            FROM source AS s
            CROSS JOIN LATERAL data.match_entity(s.name, s.columns) AS e
            WHERE e.entity IS NOT NULL
                AND NOT EXISTS (SELECT FROM mapped AS m WHERE m.entity = e.entity OR m.source_relation = s.name)
            ORDER BY e.entity, e.score DESC, s.position
        )
        SELECT c.position, c.name, c.columns, c.entity, c.score, c.mapping_id
        FROM (
            SELECT l.position, l.name, l.columns, l.entity, l.score, NULL::uuid AS mapping_id
            FROM likely AS l
            UNION ALL
            SELECT s.position, s.name, s.columns, m.entity, 1, m.mapping_id
            FROM mapped AS m
            JOIN source AS s ON s.name = m.source_relation
            WHERE m.entity <> 'record'
        ) AS c
        ORDER BY c.position, c.entity
    LOOP
        WITH used AS (
            SELECT f.canonical_field, f.vendor_field
            FROM data.mapping_fields AS f
            WHERE f.tenant_id = v_connection.tenant_id AND f.mapping_id = v_chosen.mapping_id
            UNION ALL
            SELECT COALESCE(a.decided_field, a.canonical_field), a.vendor_field
            FROM data.mapping_suggestions AS a
            WHERE a.tenant_id = v_connection.tenant_id AND a.connection_id = v_connection.connection_id
                AND a.source_relation = v_chosen.name AND a.entity = v_chosen.entity AND a.status = 'accepted'
                AND a.mapping_id IS NULL
        ), refused AS (
            SELECT r.canonical_field, r.vendor_field
            FROM data.mapping_suggestions AS r
            WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
                AND r.source_relation = v_chosen.name AND r.entity = v_chosen.entity
                AND (r.status = 'rejected' OR r.decided_field <> r.canonical_field)
        ), matched AS MATERIALIZED (
            SELECT m.*
            FROM data.match_fields(
                v_chosen.entity, v_chosen.name, v_chosen.score,
                (SELECT COALESCE(jsonb_agg(c.entry ORDER BY c.position), '[]')
                 FROM jsonb_array_elements(v_chosen.columns) WITH ORDINALITY AS c (entry, position)
                 WHERE NOT EXISTS (SELECT FROM used AS u WHERE u.vendor_field = c.entry ->> 'column')),
                skipped => (SELECT COALESCE(array_agg(u.canonical_field), '{}') FROM used AS u)) AS m
            WHERE m.confidence >= v_floor
                AND NOT EXISTS (
                    SELECT FROM refused AS r
                    WHERE r.canonical_field = m.canonical_field AND r.vendor_field = m.vendor_field)
        ), written AS (
            INSERT INTO data.mapping_suggestions AS s (
                tenant_id, connection_id, source_relation, entity, canonical_field, vendor_field, coercion, score,
                confidence, evidence)
            SELECT
                v_connection.tenant_id, v_connection.connection_id, v_chosen.name, v_chosen.entity, m.canonical_field,
                m.vendor_field, m.coercion, m.score, m.confidence, m.evidence
            FROM matched AS m
            ON CONFLICT (tenant_id, connection_id, source_relation, entity, canonical_field) WHERE status = 'pending'
            DO UPDATE
            SET vendor_field = EXCLUDED.vendor_field, coercion = EXCLUDED.coercion, score = EXCLUDED.score,
                confidence = EXCLUDED.confidence, evidence = EXCLUDED.evidence, failure = NULL, updated_at = now()
            -- What asks about a drift keeps asking that.
            WHERE s.drift_event_id IS NULL
            RETURNING s.suggestion_id
        )
        SELECT COALESCE(array_agg(w.suggestion_id), '{}') INTO v_found FROM written AS w;

        UPDATE data.mapping_suggestions AS s
        SET status = 'superseded', updated_at = now()
        WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id
            AND s.source_relation = v_chosen.name AND s.status = 'pending' AND s.drift_event_id IS NULL
            AND s.suggestion_id <> ALL (v_found);
        v_kept := v_kept || v_found;
        v_mapping_id := data.apply_suggestions(v_connection.connection_id, v_chosen.name, v_chosen.entity);
        SELECT
            count(*) FILTER (WHERE s.status = 'applied') AS applied,
            count(*) FILTER (WHERE s.status = 'pending') AS queued
        INTO STRICT v_counts
        FROM data.mapping_suggestions AS s
        WHERE s.tenant_id = v_connection.tenant_id AND s.suggestion_id = ANY (v_found);
        v_answer := v_answer || jsonb_build_object(
            'relation', v_chosen.name, 'entity', v_chosen.entity, 'score', v_chosen.score,
            'mapping_id', COALESCE(v_chosen.mapping_id, v_mapping_id), 'applied', v_counts.applied,
            'queued', v_counts.queued);
    END LOOP;
    -- Relations that are gone, or that another one was preferred to.
    UPDATE data.mapping_suggestions AS s
    SET status = 'superseded', updated_at = now()
    WHERE s.tenant_id = v_connection.tenant_id AND s.connection_id = v_connection.connection_id
        AND s.status = 'pending' AND s.drift_event_id IS NULL AND suggest_mappings.relation IS NULL
        AND s.suggestion_id <> ALL (v_kept);
    RETURN jsonb_build_object(
        'connection_id', v_connection.connection_id, 'version', v_version, 'relations', to_jsonb(v_answer),
        'applied', (SELECT COALESCE(sum((a.entry ->> 'applied')::int), 0) FROM unnest(v_answer) AS a (entry)),
        'queued', (SELECT COALESCE(sum((a.entry ->> 'queued')::int), 0) FROM unnest(v_answer) AS a (entry)));
END;
$$;
COMMENT ON FUNCTION data.suggest_mappings(uuid, text) IS
    'Suggests which columns of a source fill which canonical fields, and applies what is sure enough.';
GRANT EXECUTE ON FUNCTION data.suggest_mappings(uuid, text) TO member, worker;
