-- Begins a new epoch: positions that clients remember from before may be other events now, so those clients are told
-- that their history is lost. Happens by itself when the log is found in another cluster or database; an operator who
-- has set a cluster back to an earlier time calls it before the servers are started.
--
-- Role:    pgserver_owner
-- Returns: the new epoch
CREATE OR REPLACE FUNCTION core.begin_event_epoch()
RETURNS integer LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_epoch integer;
BEGIN
    UPDATE core.event_sequencer AS s
    SET epoch = s.epoch + 1, is_adopting = true, target = NULL, origin = core.event_origin()
    RETURNING s.epoch INTO STRICT v_epoch;
    RETURN v_epoch;
END;
$$;
COMMENT ON FUNCTION core.begin_event_epoch() IS 'Begins a new epoch of the log of events.';
