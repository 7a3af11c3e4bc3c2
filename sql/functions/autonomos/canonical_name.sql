-- A canonical field as AutonomOS names it: account_name for the name of an account.
--
-- Role:    member
-- Returns: NULL for no field
CREATE OR REPLACE FUNCTION autonomos.canonical_name(entity text, record_type text, field text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN COALESCE(canonical_name.record_type, canonical_name.entity) || '_' || canonical_name.field;
COMMENT ON FUNCTION autonomos.canonical_name(text, text, text) IS 'A canonical field as AutonomOS names it.';
GRANT EXECUTE ON FUNCTION autonomos.canonical_name(text, text, text) TO member;
