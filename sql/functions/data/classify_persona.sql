-- Requires: functions/data/persona_vocabulary.sql
-- Whose question this is. A keyword is found where the stems of its words follow each other in the question, stop words
-- left out; of two finds of which one lies inside the other the longer counts. A persona's score is the sum of the
-- weights of its keywords that were found, each once.
--
-- The highest score wins. Of equal ones that with more keywords found does, then the earlier of cto, cro, coo, cfo.
--
-- Role:    anon, member
-- Returns: persona; confidence: its share of all scores, times 1 - e^-score, from 0 to 1 with two digits;
--          matched: the words of the question that were found for it, in their order. Nothing found: NULL, 0 and none.
CREATE OR REPLACE FUNCTION data.classify_persona(
    query text, OUT persona data.persona, OUT confidence numeric, OUT matched text[])
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_words text[];
    v_stems text[];
BEGIN
    SELECT array_agg(w.word ORDER BY w.place), array_agg(w.stem ORDER BY w.place)
    INTO v_words, v_stems
    FROM data.sentence_words(classify_persona.query) AS w
    WHERE w.stem IS NOT NULL;

    WITH found AS MATERIALIZED (
        SELECT k.persona, k.stems, k.weight, s.place AS first_place, s.place + cardinality(k.stems) - 1 AS last_place
        FROM unnest(v_stems) WITH ORDINALITY AS s (stem, place)
        JOIN data.persona_vocabulary() AS k ON k.stems[1] = s.stem
        WHERE k.weight > 0 AND v_stems[s.place : s.place + cardinality(k.stems) - 1] = k.stems
    ), kept AS (
        SELECT f.*
        FROM found AS f
        WHERE NOT EXISTS (
            SELECT FROM found AS o
            WHERE o.first_place <= f.first_place AND o.last_place >= f.last_place
                AND cardinality(o.stems) > cardinality(f.stems))
    ), scores AS (
        SELECT c.persona, sum(c.weight) AS score, count(*) AS keyword_count
        FROM (SELECT DISTINCT k.persona, k.stems, k.weight FROM kept AS k) AS c
        GROUP BY c.persona
    ), best AS (
        SELECT s.persona, round(s.score / (SELECT sum(a.score) FROM scores AS a) * (1 - exp(-s.score)), 2) AS confidence
        FROM scores AS s
        ORDER BY s.score DESC, s.keyword_count DESC, s.persona
        LIMIT 1
    )
    SELECT b.persona, b.confidence, ARRAY(
        SELECT array_to_string(v_words[k.first_place : k.last_place], ' ')
        FROM kept AS k
        WHERE k.persona = b.persona
        GROUP BY 1
        ORDER BY min(k.first_place))
    INTO classify_persona.persona, classify_persona.confidence, classify_persona.matched
    FROM best AS b;
    IF classify_persona.persona IS NULL THEN
        classify_persona.confidence := 0;
        classify_persona.matched := '{}';
    END IF;
END;
$$;
COMMENT ON FUNCTION data.classify_persona(text) IS 'Whose question this is: a CTO''s, CRO''s, COO''s or CFO''s.';
GRANT EXECUTE ON FUNCTION data.classify_persona(text) TO anon, member;
