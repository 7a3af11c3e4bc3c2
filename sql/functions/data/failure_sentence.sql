-- What a caught refusal says, in one sentence that can be kept: of wrong fields each with its name, else the refusal's
-- own words.
--
-- Role:    pgserver_owner
-- Takes:   what GET STACKED DIAGNOSTICS gives
CREATE OR REPLACE FUNCTION data.failure_sentence(message text, detail text, constraint_name text)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_length_max CONSTANT int := 500;
BEGIN
    RETURN left(CASE
        WHEN failure_sentence.message = 'invalid' THEN (
            SELECT string_agg(format('%s: %s', f.entry ->> 'field', f.entry ->> 'message'), ' ')
            FROM jsonb_array_elements(failure_sentence.detail::jsonb) AS f (entry))
        WHEN failure_sentence.constraint_name <> '' THEN COALESCE((
            SELECT obj_description(c.oid, 'pg_constraint')
            FROM pg_catalog.pg_constraint AS c
            WHERE c.conname = failure_sentence.constraint_name
            LIMIT 1), failure_sentence.message)
        ELSE COALESCE(nullif(failure_sentence.detail, ''), failure_sentence.message)
    END, v_length_max);
END;
$$;
COMMENT ON FUNCTION data.failure_sentence(text, text, text) IS 'What a caught refusal says, in one sentence.';
