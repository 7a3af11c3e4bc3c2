-- Requires: functions/data/name_phrase.sql
-- Which canonical entity a relation holds, by its name, and if that says nothing, by its columns.
--
-- Role:    pgserver_owner
-- Returns: entity, NULL for none; score, from 0 to 1: 1 for a known name of the entity, 0.75 if it is a kind of one
--          (key_accounts), at most 0.7 by columns alone
CREATE OR REPLACE FUNCTION data.match_entity(relation text, columns jsonb, OUT entity text, OUT score numeric)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_share_min        CONSTANT numeric := 0.6;
    v_column_count_max CONSTANT int     := 2000;
    v_phrase text;
    v_found  data.entity_synonyms;
BEGIN
    SELECT string_agg(t.token, ' ' ORDER BY t.position)
    INTO v_phrase
    FROM regexp_split_to_table(data.name_phrase(match_entity.relation), ' ') WITH ORDINALITY AS t (token, position)
    WHERE t.token !~ '^\d+$'
        AND NOT EXISTS (SELECT FROM data.words AS w WHERE w.word = t.token AND w.is_noise);
    SELECT s.* INTO v_found
    FROM data.entity_synonyms AS s
    WHERE v_phrase = s.phrase OR v_phrase LIKE '% ' || s.phrase
    ORDER BY length(s.phrase) DESC
    LIMIT 1;
    IF FOUND THEN
        SELECT e.entity, CASE v_phrase WHEN v_found.phrase THEN 1 ELSE 0.75 END
        INTO match_entity.entity, match_entity.score
        FROM data.entities AS e
        WHERE e.entity = v_found.entity;
        score := COALESCE(score, 0);
        RETURN;
    END IF;
    -- Fields that few other things have.
    WITH source AS MATERIALIZED (
        SELECT data.name_phrase(c.entry ->> 'column') AS phrase
        FROM jsonb_array_elements(match_entity.columns) WITH ORDINALITY AS c (entry, position)
        WHERE c.position <= v_column_count_max
    ), telling AS (
        SELECT t.entity, EXISTS (
            SELECT
            FROM source AS s
            JOIN data.synonyms AS y ON y.entity = t.entity AND y.field = t.field AND y.phrase = s.phrase
        ) AS is_there
        FROM (VALUES
            ('account', 'name'), ('account', 'industry'),
            ('contact', 'email'), ('contact', 'first_name'), ('contact', 'last_name'),
            ('opportunity', 'stage'), ('opportunity', 'probability'), ('opportunity', 'close_date'),
            ('opportunity', 'amount')
        ) AS t (entity, field)
    )
    SELECT t.entity, 0.7 * avg(t.is_there::int)
    INTO match_entity.entity, match_entity.score
    FROM telling AS t
    GROUP BY t.entity
    HAVING avg(t.is_there::int) >= v_share_min
    ORDER BY 2 DESC, 1
    LIMIT 1;
    score := COALESCE(score, 0);
END;
$$;
COMMENT ON FUNCTION data.match_entity(text, jsonb) IS 'Which canonical entity a relation holds.';
