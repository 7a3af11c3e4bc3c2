-- Requires: functions/core/begin_event_epoch.sql
-- Tries to become the one who gives events their positions, for as long as the connection lasts.
--
-- Role:    pgserver
-- Definer: lends the server the noticing that the log has come to another cluster or database
-- Returns: whether the calling connection is the sequencer; false, if another one is
CREATE OR REPLACE FUNCTION api.become_sequencer()
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_lock_key CONSTANT bigint := 8099003714021418355;  -- an arbitrary constant
    v_origin   CONSTANT text   := core.event_origin();
    v_known    text;
BEGIN
    IF NOT pg_try_advisory_lock(v_lock_key) THEN
        RETURN false;
    END IF;
    SELECT s.origin INTO STRICT v_known FROM core.event_sequencer AS s;
    IF v_known IS NULL THEN
        UPDATE core.event_sequencer SET origin = v_origin;
    ELSIF v_known <> v_origin THEN
        PERFORM core.begin_event_epoch();
    END IF;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION api.become_sequencer() IS 'Tries to become the one who gives events their positions.';
GRANT EXECUTE ON FUNCTION api.become_sequencer() TO pgserver;
