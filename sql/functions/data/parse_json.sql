-- A line as JSON; NULL if it is none, or holds what PostgreSQL cannot.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.parse_json(line text)
RETURNS jsonb LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN parse_json.line::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.parse_json(text) IS 'A line as JSON; NULL if it is none.';
