-- Requires: functions/bench/rate_policy.sql
-- A text as long as the caller wants, up to 4 MB: what a client takes or does not take.
--
-- Role:    member
-- Returns: 200 text
CREATE OR REPLACE FUNCTION bench.large_text(size core.page_offset DEFAULT 1000000)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN repeat('x', least(large_text.size, 4000000));
END;
$$;
COMMENT ON FUNCTION bench.large_text(core.page_offset) IS 'A text as long as the caller wants.';
GRANT EXECUTE ON FUNCTION bench.large_text(core.page_offset) TO member;
SELECT api.route('GET /large', 'bench.large_text', rate => 'bench');
