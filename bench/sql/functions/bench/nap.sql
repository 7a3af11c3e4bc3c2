-- Takes two seconds, as a report might.
--
-- Role:    member
-- Returns: 200 {slept}
CREATE OR REPLACE FUNCTION bench.nap()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_seconds CONSTANT double precision := 2;
BEGIN
    PERFORM pg_sleep(v_seconds);
    RETURN json_build_object('slept', v_seconds);
END;
$$;
COMMENT ON FUNCTION bench.nap() IS 'Takes two seconds.';
GRANT EXECUTE ON FUNCTION bench.nap() TO member;
SELECT api.route('GET /nap', 'bench.nap', rate => 'bench', pool => 'slow');
