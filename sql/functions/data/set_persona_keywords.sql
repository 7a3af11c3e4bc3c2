-- Requires: functions/data/persona_permissions.sql
-- Makes these the tenant's own keywords of a persona, and no others.
--
-- Role:    member
-- Definer: lends the writing of persona keywords, of the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission personas.write is missing
--          PT400 invalid          400  keywords is no array of at most 500 {keyword, weight}, or one of them is wrong
CREATE OR REPLACE FUNCTION data.set_persona_keywords(persona data.persona, keywords jsonb)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_keyword_count_max CONSTANT integer := 500;
    v_faults_max        CONSTANT integer := 20;
    v_stems_max         CONSTANT integer := 5;
    v_length_max        CONSTANT integer := 100;
    v_weight_max        CONSTANT integer := 10;
    v_tenant_id         CONSTANT uuid    := auth.tenant_id();
    v_faults            api.fault[];
BEGIN
    IF v_tenant_id IS NULL THEN
        PERFORM api.fail('unauthenticated');
    ELSIF NOT auth.has_permission('personas.write') THEN
        PERFORM api.fail('forbidden', 'Keywords of personas may be changed only with the permission personas.write.');
    ELSIF jsonb_typeof(set_persona_keywords.keywords) IS DISTINCT FROM 'array'
        OR jsonb_array_length(set_persona_keywords.keywords) > v_keyword_count_max
    THEN
        PERFORM api.invalid(('keywords', 'malformed', format(
            'must be an array of at most %s keywords', v_keyword_count_max))::api.fault);
    END IF;

    SELECT (array_agg((f.field, f.code, f.message)::api.fault ORDER BY f.place))[1:v_faults_max]
    INTO v_faults
    FROM (
        SELECT e.place, format('keywords[%s]', e.place - 1) AS field, c.code, c.message
        FROM jsonb_array_elements(set_persona_keywords.keywords) WITH ORDINALITY AS e (entry, place)
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN jsonb_typeof(e.entry) <> 'object' OR jsonb_typeof(e.entry -> 'keyword') IS DISTINCT FROM 'string'
                    THEN 'malformed'
                WHEN char_length(e.entry ->> 'keyword') > v_length_max THEN 'too_long'
                WHEN cardinality(data.sentence_stems(e.entry ->> 'keyword')) NOT BETWEEN 1 AND v_stems_max THEN 'bad_length'
                WHEN e.entry ? 'weight' AND jsonb_typeof(e.entry -> 'weight') <> 'number' THEN 'bad_weight'
                WHEN (e.entry ->> 'weight')::numeric NOT BETWEEN 0 AND v_weight_max THEN 'bad_weight'
            END AS code
        ) AS k
        CROSS JOIN LATERAL (
            SELECT k.code, CASE k.code
                WHEN 'malformed' THEN 'must be {"keyword": text, "weight": number}'
                WHEN 'too_long' THEN format('must have at most %s characters', v_length_max)
                WHEN 'bad_length' THEN format('must have 1 to %s words that mean something by themselves', v_stems_max)
                ELSE format('must have a weight of 0 to %s', v_weight_max)
            END AS message
        ) AS c
        WHERE k.code IS NOT NULL
    ) AS f;
    IF v_faults IS NULL THEN
        SELECT (array_agg((format('keywords[%s]', d.place - 1), 'duplicate',
            format('means the same as keywords[%s]', d.first_place - 1))::api.fault ORDER BY d.place))[1:v_faults_max]
        INTO v_faults
        FROM (
            SELECT e.place, min(e.place) OVER (PARTITION BY data.sentence_stems(e.entry ->> 'keyword')) AS first_place
            FROM jsonb_array_elements(set_persona_keywords.keywords) WITH ORDINALITY AS e (entry, place)
        ) AS d
        WHERE d.place <> d.first_place;
    END IF;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));

    DELETE FROM data.persona_keywords AS k
    WHERE k.tenant_id = v_tenant_id AND k.persona = set_persona_keywords.persona
      AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(set_persona_keywords.keywords) AS e (entry)
        WHERE data.sentence_stems(e.entry ->> 'keyword') = k.stems);
    INSERT INTO data.persona_keywords AS k (tenant_id, persona, keyword, weight)
    SELECT v_tenant_id, set_persona_keywords.persona, btrim(e.entry ->> 'keyword'), COALESCE((e.entry ->> 'weight')::numeric, 1)
    FROM jsonb_array_elements(set_persona_keywords.keywords) AS e (entry)
    ON CONFLICT ON CONSTRAINT persona_keywords_pkey DO UPDATE
    SET keyword = EXCLUDED.keyword, weight = EXCLUDED.weight, updated_at = now()
    WHERE (k.keyword, k.weight) IS DISTINCT FROM (EXCLUDED.keyword, EXCLUDED.weight);
END;
$$;
COMMENT ON FUNCTION data.set_persona_keywords(data.persona, jsonb) IS 'Makes these the tenant''s own keywords of a persona.';
GRANT EXECUTE ON FUNCTION data.set_persona_keywords(data.persona, jsonb) TO member;
