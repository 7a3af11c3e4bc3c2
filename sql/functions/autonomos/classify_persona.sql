-- Requires: functions/autonomos/trace_id.sql
-- Requires: functions/data/classify_persona.sql
-- Whose question this is, by the keywords of the caller's tenant; by the defaults for who has none.
--
-- Role:    anon, member
-- Returns: 200 {persona, confidence, matched_keywords, trace_id}; without a match null, 0 and none
-- Errors:  PT400 invalid  400  the question is missing or has more than 2000 characters
CREATE OR REPLACE FUNCTION autonomos.classify_persona(query data.persona_query)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'persona', c.persona, 'confidence', c.confidence, 'matched_keywords', c.matched, 'trace_id', autonomos.trace_id())
        FROM data.classify_persona(classify_persona.query) AS c
    );
END;
$$;
COMMENT ON FUNCTION autonomos.classify_persona(data.persona_query) IS 'Whose question this is: a CTO''s, CRO''s, COO''s or CFO''s.';
GRANT EXECUTE ON FUNCTION autonomos.classify_persona(data.persona_query) TO anon, member;
SELECT api.route('POST /nlp/v1/persona/classify', 'autonomos.classify_persona',
    auth => 'optional', rate => 'write', tag => 'NLP',
    returns => '{"persona": "string?", "confidence": "number", "matched_keywords": ["string"], "trace_id": "string"}',
    errors => '{invalid}');
