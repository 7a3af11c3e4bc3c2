-- Tells the relays that an event was written, at the cost of a notification for few of many writers.
--
-- A notification holds a lock of the whole cluster until its transaction has committed, and with it commits no longer
-- share a flush. So writers elect one: whoever gets the lock notifies, the others leave it at that, and the relay looks
-- again until all that were in flight have ended. Nobody ever waits for this lock. It changes every 10 ms, or a writer
-- that stays open for minutes would keep everybody else from notifying for as long.
--
-- Role:    member, worker
CREATE OR REPLACE FUNCTION core.wake_sequencer()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
DECLARE
    v_lock_class        CONSTANT integer := 1885828470;  -- an arbitrary constant
    v_elections_per_second CONSTANT double precision := 100;
    v_election_count    CONSTANT double precision := 2147483647;
    v_now               CONSTANT double precision := date_part('epoch', clock_timestamp()) * v_elections_per_second;
BEGIN
    IF pg_try_advisory_xact_lock(
        v_lock_class, (floor(v_now) - floor(v_now / v_election_count) * v_election_count)::integer)
    THEN
        PERFORM pg_notify('pgserver_events', '');
    END IF;
END;
$$;
COMMENT ON FUNCTION core.wake_sequencer() IS 'Tells the relays that an event was written.';
GRANT EXECUTE ON FUNCTION core.wake_sequencer() TO member, worker;
