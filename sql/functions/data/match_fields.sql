-- Requires: functions/data/calibrate.sql
-- Requires: functions/data/canonical_fields.sql
-- Requires: functions/data/name_phrase.sql
-- Requires: functions/data/type_fit.sql
-- Requires: functions/data/value_kinds.sql
-- Which column of a relation fills which field of an entity, each at most once, the surest first.
--
-- The score of a pair is the likeness of the names (1 for the field's own name, 0.97 for a known synonym, 0.93 for the
-- same words in another order; less, by shared words and trigrams, for the rest), times how well the type and the sampled
-- values go with the field, times how sure it is that the relation is of the entity. The confidence is the calibrated
-- score, corrected by what the people of the tenant decided about this name: it weighs 0.15 of one decision.
--
-- Role:    pgserver_owner
-- Takes:   columns: [{column, type, sample?, null_values?}]; of more than 2000 the first. skipped: fields to leave out
-- Returns: score and confidence from 0 to 1, the coercion that the types ask for, and evidence of how it came about
CREATE OR REPLACE FUNCTION data.match_fields(
    entity text, relation text, relation_score numeric, columns jsonb, record_type text DEFAULT NULL,
    skipped text[] DEFAULT '{}')
RETURNS TABLE (
    canonical_field text, vendor_field text, score numeric, confidence numeric, coercion jsonb, evidence jsonb)
LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_column_count_max CONSTANT int     := 2000;
    v_score_min        CONSTANT numeric := 0.3;
    v_prior_weight     CONSTANT numeric := 0.15;
    v_pair    record;
    v_fields  text[] := '{}';
    v_columns text[] := '{}';
BEGIN
    FOR v_pair IN
        WITH source AS MATERIALIZED (
            SELECT
                c.entry ->> 'column' AS name, c.entry ->> 'type' AS type, c.position,
                data.name_phrase(c.entry ->> 'column') AS phrase, data.value_kinds(c.entry -> 'sample') AS kinds,
                (SELECT jsonb_object_agg(n.word, '') FROM jsonb_array_elements_text(c.entry -> 'null_values') AS n (word))
                    AS nulls
            FROM jsonb_array_elements(match_fields.columns) WITH ORDINALITY AS c (entry, position)
            WHERE c.position <= v_column_count_max
        ), prefix AS (
            -- What the relation is called may stand before each column: deal name, of a deal.
            SELECT s.phrase FROM data.entity_synonyms AS s WHERE s.entity = match_fields.entity
            UNION
            SELECT data.name_phrase(match_fields.relation)
        ), spelling AS MATERIALIZED (
            SELECT v.position, v.phrase, v.weight, string_to_array(v.phrase, ' ') AS tokens
            FROM (
                SELECT s.position, s.phrase, 1.0 AS weight FROM source AS s WHERE s.phrase <> ''
                UNION ALL
                SELECT s.position, substr(s.phrase, length(p.phrase) + 2), 0.98
                FROM source AS s
                JOIN prefix AS p ON starts_with(s.phrase, p.phrase || ' ') AND p.phrase <> ''
            ) AS v
        ), field AS MATERIALIZED (
            SELECT f.field, f.data_type
            FROM data.canonical_fields(match_fields.entity, match_fields.record_type) AS f
            WHERE f.field <> ALL (match_fields.skipped)
        ), known AS MATERIALIZED (
            SELECT v.field, v.phrase, v.weight, string_to_array(v.phrase, ' ') AS tokens
            FROM (
                SELECT f.field, data.name_phrase(f.field) AS phrase, 1.0 AS weight FROM field AS f
                UNION ALL
                SELECT f.field, s.phrase, 0.97
                FROM field AS f
                JOIN data.synonyms AS s ON s.entity IN (match_fields.entity, '*') AND s.field = f.field
            ) AS v
        ), likeness AS (
            SELECT DISTINCT ON (l.position, l.field) l.position, l.field, l.phrase, l.likeness
            FROM (
                SELECT
                    s.position, k.field, k.phrase,
                    s.weight * CASE
                        WHEN replace(s.phrase, ' ', '') = replace(k.phrase, ' ', '') THEN k.weight
                        WHEN w.shared = w.total THEN 0.93
                        ELSE 0.85 * (0.5 * w.shared / w.total + 0.5 * ext.similarity(s.phrase, k.phrase)::numeric)
                    END AS likeness
                FROM spelling AS s
                CROSS JOIN known AS k
                CROSS JOIN LATERAL (
                    SELECT count(*)::numeric AS shared FROM unnest(s.tokens) AS t (token) WHERE t.token = ANY (k.tokens)
                ) AS o
                CROSS JOIN LATERAL (
                    SELECT o.shared, cardinality(s.tokens) + cardinality(k.tokens) - o.shared AS total
                ) AS w
            ) AS l
            ORDER BY l.position, l.field, l.likeness DESC, l.phrase
        ), pair AS (
            SELECT
                s.position, s.name, s.phrase, s.kinds, s.nulls, f.field, t.fit, t.coercion, l.phrase AS known_phrase,
                l.likeness,
                -- Values of a kind that only one field has say it, whatever the column is called.
                CASE WHEN f.field IN ('email', 'currency') AND f.field = ANY (s.kinds)
                    THEN greatest(l.likeness, 0.6) ELSE l.likeness END AS name_score,
                d.accepted_count AS accepted, d.rejected_count AS rejected
            FROM source AS s
            CROSS JOIN field AS f
            JOIN likeness AS l ON l.position = s.position AND l.field = f.field
            CROSS JOIN LATERAL data.type_fit(s.type, s.kinds, f.field, f.data_type, s.phrase) AS t
            LEFT JOIN data.tenant_synonyms AS d
                ON d.tenant_id = (SELECT auth.tenant_id())
                AND d.entity = match_fields.entity AND d.field = f.field AND d.phrase = s.phrase
        ), scored AS (
            SELECT p.*, round(p.name_score * p.fit * (0.5 + 0.5 * match_fields.relation_score), 3) AS score
            FROM pair AS p
            WHERE p.fit > 0
        )
        SELECT
            s.*,
            CASE WHEN s.accepted IS NULL THEN data.calibrate(s.score) ELSE round(
                (data.calibrate(s.score) * v_prior_weight + s.accepted)
                / (v_prior_weight + s.accepted + s.rejected), 3)
            END AS confidence
        FROM scored AS s
        WHERE s.score >= v_score_min OR s.accepted > 0
        ORDER BY confidence DESC, s.score DESC, s.position, s.field
    LOOP
        CONTINUE WHEN v_pair.field = ANY (v_fields) OR v_pair.name = ANY (v_columns);
        v_fields := v_fields || v_pair.field;
        v_columns := v_columns || v_pair.name;
        canonical_field := v_pair.field;
        vendor_field := v_pair.name;
        score := v_pair.score;
        confidence := v_pair.confidence;
        -- Words that stand for no value are left out first.
        coercion := CASE WHEN v_pair.nulls IS NULL THEN v_pair.coercion
            ELSE jsonb_build_array(jsonb_build_object('enum', v_pair.nulls)) || COALESCE(v_pair.coercion, '[]') END;
        evidence := jsonb_strip_nulls(jsonb_build_object(
            'name', round(v_pair.likeness, 3), 'like', v_pair.known_phrase, 'type', v_pair.fit,
            'values', CASE WHEN v_pair.kinds <> '{}' THEN to_jsonb(v_pair.kinds) END,
            'relation', match_fields.relation_score, 'accepted', v_pair.accepted, 'rejected', v_pair.rejected));
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION data.match_fields(text, text, numeric, jsonb, text, text[]) IS
    'Which column of a relation fills which field of an entity.';
