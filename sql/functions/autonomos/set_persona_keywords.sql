-- Requires: functions/autonomos/persona_keywords.sql
-- Requires: functions/data/set_persona_keywords.sql
-- Makes these the tenant's own keywords of a persona. One that means what a default means takes its place, and with
-- weight 0 silences it; a weight that is not stated is 1.
--
-- Role:    member
-- Returns: 200 {keywords: [{persona, keyword, weight, is_default}], total, trace_id}: those of the persona
-- Errors:  PT400 invalid    400  a keyword cannot be accepted
--          PT403 forbidden  403  the permission personas.write is missing
CREATE OR REPLACE FUNCTION autonomos.set_persona_keywords(persona data.persona, keywords jsonb)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM data.set_persona_keywords(set_persona_keywords.persona, set_persona_keywords.keywords);
    RETURN autonomos.persona_keywords(set_persona_keywords.persona);
END;
$$;
COMMENT ON FUNCTION autonomos.set_persona_keywords(data.persona, jsonb) IS 'Makes these the tenant''s own keywords of a persona.';
GRANT EXECUTE ON FUNCTION autonomos.set_persona_keywords(data.persona, jsonb) TO member;
SELECT api.route('PUT /nlp/v1/persona/keywords', 'autonomos.set_persona_keywords',
    rate => 'write', tag => 'NLP',
    returns => '{"keywords": [{"persona": "cto|cro|coo|cfo", "keyword": "string", "weight": "number", "is_default": "boolean"}],
                 "total": "integer", "trace_id": "string"}',
    errors => '{invalid,forbidden}');
