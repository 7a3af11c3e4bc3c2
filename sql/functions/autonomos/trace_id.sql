-- The id of the running request, as answers of /nlp state it.
--
-- Role:    anon, member
CREATE OR REPLACE FUNCTION autonomos.trace_id()
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN 'trace-' || COALESCE(core.request_context('request_id'), gen_random_uuid()::text);
END;
$$;
COMMENT ON FUNCTION autonomos.trace_id() IS 'The id of the running request, as answers of /nlp state it.';
GRANT EXECUTE ON FUNCTION autonomos.trace_id() TO anon, member;
