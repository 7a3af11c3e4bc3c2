-- Whether this writer of events is the one that tells the relays, with pg_notify('pgserver_events', '').
--
-- A notification holds a lock of the whole cluster until its transaction has committed, and with it commits no longer
-- share a flush. So writers elect one: whoever gets the lock notifies, the others leave it at that, and the relay looks
-- again until all that were in flight have ended. Nobody ever waits for this lock. It changes every 10 ms, or a writer
-- that stays open for minutes would keep everybody else from notifying for as long.
--
-- It is an expression of few operators so that it is inlined where it is asked: every writer pays for it.
--
-- Role:    member, worker
CREATE OR REPLACE FUNCTION core.elect_notifier()
RETURNS boolean LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
-- An arbitrary class of locks, and in it the hundredths of a second since 1970, as far as they fit.
RETURN pg_try_advisory_xact_lock(
    1885828470, (floor(date_part('epoch', clock_timestamp()) * 100)::bigint & 2147483647)::integer);
COMMENT ON FUNCTION core.elect_notifier() IS 'Whether this writer of events is the one that tells the relays.';
GRANT EXECUTE ON FUNCTION core.elect_notifier() TO member, worker;
