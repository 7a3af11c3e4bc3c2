-- A tile of a summary. One without a value says that there are no data.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.tile(
    key text, title text, value text, delta text, timeframe text, last_updated timestamptz, href text)
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'key', tile.key, 'title', tile.title, 'value', COALESCE(tile.value, 'No data'),
        'delta', CASE WHEN tile.value IS NOT NULL THEN tile.delta END, 'timeframe', tile.timeframe,
        'last_updated', CASE WHEN tile.value IS NOT NULL
            THEN to_char(tile.last_updated AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END,
        'href', tile.href);
END;
$$;
COMMENT ON FUNCTION autonomos.tile(text, text, text, text, text, timestamptz, text) IS 'A tile of a summary.';
GRANT EXECUTE ON FUNCTION autonomos.tile(text, text, text, text, text, timestamptz, text) TO member;
