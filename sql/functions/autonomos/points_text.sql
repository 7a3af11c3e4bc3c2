-- By how many points of a hundred a rate differs from another, as tiles write it: +2 pts, -10 pts, 0 pts.
--
-- Role:    member
-- Returns: NULL where there is nothing to compare with
CREATE OR REPLACE FUNCTION autonomos.points_text(rate numeric, before numeric)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN CASE WHEN round((points_text.rate - points_text.before) * 100) > 0 THEN '+' ELSE '' END
        || to_char(round((points_text.rate - points_text.before) * 100), 'FM999,990') || ' pts';
END;
$$;
COMMENT ON FUNCTION autonomos.points_text(numeric, numeric) IS 'By how many points a rate differs from another, as tiles write it.';
GRANT EXECUTE ON FUNCTION autonomos.points_text(numeric, numeric) TO member;
