-- Requires: functions/api/internal_codes.sql
-- Ends the request with a problem. The contract's row for the code, if it has one, decides status and sentence.
--
-- Role:    anon, member, worker
-- Returns: never
-- Errors:  PTnnn code  the status given; else that of the internal code; else 422. An empty DETAIL, HINT or COLUMN
--          stands for none.
CREATE OR REPLACE FUNCTION api.fail(
    code text, message text DEFAULT NULL, status integer DEFAULT NULL, field text DEFAULT NULL,
    hint text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_status_fallback CONSTANT integer := 422;
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT' || COALESCE(
            fail.status,
            (SELECT c.status FROM api.internal_codes() AS c WHERE c.code = fail.code),
            v_status_fallback),
        MESSAGE = fail.code,
        DETAIL  = COALESCE(fail.message, ''),
        HINT    = COALESCE(fail.hint, ''),
        COLUMN  = COALESCE(fail.field, '');
END;
$$;
COMMENT ON FUNCTION api.fail(text, text, integer, text, text) IS 'Ends the request with a problem.';
GRANT EXECUTE ON FUNCTION api.fail(text, text, integer, text, text) TO anon, member, worker;
