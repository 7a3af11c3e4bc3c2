-- By how much a figure differs from another, as tiles write it: +12%, -3%, 0%.
--
-- Role:    member
-- Returns: NULL where there is nothing to compare with, or that was nothing
CREATE OR REPLACE FUNCTION autonomos.change_text(figure numeric, before numeric)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN CASE WHEN round(c.percent) > 0 THEN '+' ELSE '' END || to_char(round(c.percent), 'FM999,999,999,999,990') || '%'
    FROM (
        SELECT (change_text.figure - change_text.before) / abs(nullif(change_text.before, 0)) * 100 AS percent
    ) AS c;
END;
$$;
COMMENT ON FUNCTION autonomos.change_text(numeric, numeric) IS 'By how much a figure differs from another, as tiles write it.';
GRANT EXECUTE ON FUNCTION autonomos.change_text(numeric, numeric) TO member;
