-- A number from 0 to 1 as AutonomOS prints it: the shortest with a decimal place, 1.0 or 0.95.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.fraction(value numeric)
RETURNS numeric LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE scale(trim_scale(round(fraction.value, 3)))
    WHEN 0 THEN round(fraction.value, 1)
    ELSE trim_scale(round(fraction.value, 3))
END;
COMMENT ON FUNCTION autonomos.fraction(numeric) IS 'A number from 0 to 1 as AutonomOS prints it.';
GRANT EXECUTE ON FUNCTION autonomos.fraction(numeric) TO member;
