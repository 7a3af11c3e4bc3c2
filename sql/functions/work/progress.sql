-- Says how far the running job is. Seen at once: the server reads the notice, on which nothing waits, and writes it
-- down on another connection (api.report_progress), at most a few times a second.
--
-- Role:    worker; of anybody else nobody listens
-- Errors:  22023  the fraction is not from 0 to 1
CREATE OR REPLACE FUNCTION work.progress(fraction double precision, message text DEFAULT NULL, detail jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    IF progress.fraction < 0 OR progress.fraction > 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('progress goes from 0 to 1, not to %s', progress.fraction);
    END IF;
    RAISE NOTICE USING ERRCODE = 'PT00P', MESSAGE = jsonb_strip_nulls(jsonb_build_object(
        'fraction', progress.fraction, 'message', progress.message, 'detail', progress.detail))::text;
END;
$$;
COMMENT ON FUNCTION work.progress(double precision, text, jsonb) IS 'Says how far the running job is.';
GRANT EXECUTE ON FUNCTION work.progress(double precision, text, jsonb) TO member, worker;
