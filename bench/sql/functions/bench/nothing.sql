-- A job that does nothing but say when it began: what a job costs.
--
-- Role:    worker
-- Returns: {at}
CREATE OR REPLACE FUNCTION bench.nothing(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN jsonb_build_object('at', clock_timestamp());
END;
$$;
COMMENT ON FUNCTION bench.nothing(jsonb) IS 'A job that does nothing.';
GRANT EXECUTE ON FUNCTION bench.nothing(jsonb) TO worker;
SELECT work.job_kind('bench.nothing', 'bench.nothing');
