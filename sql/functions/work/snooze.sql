-- Ends the running job for now: what it has done is undone, and it begins again later. That counts as no failure.
--
-- Role:    worker
-- Returns: never
-- Errors:  PT00S snoozed  caught by api.run_job
CREATE OR REPLACE FUNCTION work.snooze(pause interval, message text DEFAULT 'The job asked to be tried later.')
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PT00S', MESSAGE = snooze.message, DETAIL = snooze.pause::text;
END;
$$;
COMMENT ON FUNCTION work.snooze(interval, text) IS 'Ends the running job for now; it begins again later.';
GRANT EXECUTE ON FUNCTION work.snooze(interval, text) TO worker;
