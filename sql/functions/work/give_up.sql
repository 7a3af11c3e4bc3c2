-- Ends the running job for good: what it has done is undone, and it is parked, whatever attempts are left.
--
-- Role:    worker
-- Returns: never
-- Errors:  PT00F gave_up  caught by api.run_job
CREATE OR REPLACE FUNCTION work.give_up(message text)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PT00F', MESSAGE = give_up.message;
END;
$$;
COMMENT ON FUNCTION work.give_up(text) IS 'Ends the running job for good, and parks it.';
GRANT EXECUTE ON FUNCTION work.give_up(text) TO worker;
