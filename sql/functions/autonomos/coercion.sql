-- A coercion as AutonomOS prints it: a list of one step is that step.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.coercion(coercion jsonb)
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE WHEN jsonb_typeof(coercion.coercion) = 'array' AND jsonb_array_length(coercion.coercion) = 1
    THEN coercion.coercion -> 0 ELSE coercion.coercion END;
COMMENT ON FUNCTION autonomos.coercion(jsonb) IS 'A coercion as AutonomOS prints it.';
GRANT EXECUTE ON FUNCTION autonomos.coercion(jsonb) TO member;
