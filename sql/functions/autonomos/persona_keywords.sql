-- Requires: functions/autonomos/trace_id.sql
-- Requires: functions/data/persona_vocabulary.sql
-- The keywords by which personas are known to the caller's tenant, its own and the defaults.
--
-- Role:    member
-- Returns: 200 {keywords: [{persona, keyword, weight, is_default}], total, trace_id}
CREATE OR REPLACE FUNCTION autonomos.persona_keywords(persona data.persona DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'keywords', COALESCE(json_agg(json_build_object(
                'persona', k.persona, 'keyword', k.keyword, 'weight', trim_scale(k.weight), 'is_default', k.is_default)
                ORDER BY k.persona, k.weight DESC, k.keyword), '[]'),
            'total', count(*),
            'trace_id', autonomos.trace_id())
        FROM data.persona_vocabulary() AS k
        WHERE k.persona = persona_keywords.persona OR persona_keywords.persona IS NULL
    );
END;
$$;
COMMENT ON FUNCTION autonomos.persona_keywords(data.persona) IS 'The keywords by which personas are known to the caller''s tenant.';
GRANT EXECUTE ON FUNCTION autonomos.persona_keywords(data.persona) TO member;
SELECT api.route('GET /nlp/v1/persona/keywords', 'autonomos.persona_keywords',
    rate => 'read', tag => 'NLP',
    returns => '{"keywords": [{"persona": "cto|cro|coo|cfo", "keyword": "string", "weight": "number", "is_default": "boolean"}],
                 "total": "integer", "trace_id": "string"}',
    errors => '{invalid}');
