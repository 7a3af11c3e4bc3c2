-- A number of things as tiles write it: 12,345.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.count_text(total numeric)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN to_char(count_text.total, 'FM999,999,999,999,990');
END;
$$;
COMMENT ON FUNCTION autonomos.count_text(numeric) IS 'A number of things as tiles write it.';
GRANT EXECUTE ON FUNCTION autonomos.count_text(numeric) TO member;
