-- The keywords that count for the caller's tenant: its own, and the defaults that none of its own stands for. Who has
-- no tenant gets the defaults.
--
-- Role:    anon, member
-- Definer: lends the reading of the defaults and of the keywords of the caller's tenant
CREATE OR REPLACE FUNCTION data.persona_vocabulary()
RETURNS TABLE (persona data.persona, keyword text, weight numeric, stems text[], is_default boolean) LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN QUERY
    SELECT o.persona, o.keyword, o.weight, o.stems, false
    FROM data.persona_keywords AS o
    WHERE o.tenant_id = auth.tenant_id()
    UNION ALL
    SELECT d.persona, d.keyword, d.weight, d.stems, true
    FROM data.default_persona_keywords AS d
    WHERE NOT EXISTS (
        SELECT FROM data.persona_keywords AS o
        WHERE o.tenant_id = auth.tenant_id() AND o.persona = d.persona AND o.stems = d.stems);
END;
$$;
COMMENT ON FUNCTION data.persona_vocabulary() IS 'The keywords that count for the caller''s tenant.';
GRANT EXECUTE ON FUNCTION data.persona_vocabulary() TO anon, member;
