-- Ends the request because of its fields, and names each of them.
--
-- Role:    anon, member, worker
-- Returns: only if no fault is given; a NULL among the faults is none
-- Errors:  PT400 invalid  DETAIL is a JSON array of {field, code, message}
CREATE OR REPLACE FUNCTION api.invalid(VARIADIC faults api.fault[])
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_faults CONSTANT json := (
        SELECT json_agg(json_build_object('field', f.field, 'code', f.code, 'message', f.message))
        FROM unnest(invalid.faults) AS f
        WHERE f.code IS NOT NULL
    );
BEGIN
    IF v_faults IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PT400', MESSAGE = 'invalid', DETAIL = v_faults::text;
    END IF;
END;
$$;
COMMENT ON FUNCTION api.invalid(api.fault[]) IS 'Ends the request because of its fields, and names each of them.';
GRANT EXECUTE ON FUNCTION api.invalid(api.fault[]) TO anon, member, worker;
