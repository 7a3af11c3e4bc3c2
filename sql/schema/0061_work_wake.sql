-- Wakes the workers of a queue when a transaction that wrote jobs for it commits.
--
-- A notification makes commits wait for each other, so of those that commit at the same time one is elected to give
-- it. Deferred to the commit, the lock by which it is elected is held for the commit alone, however long the
-- transaction. The others mark that they are about to commit; a worker that finds the mark looks again
-- (api.next_job_at).
--
-- Role:    nobody; a trigger
-- Definer: lends whoever enqueues the advisory locks and the notification
CREATE FUNCTION work.wake()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_notifier_locks   CONSTANT integer := 887001;
    v_committing_locks CONSTANT integer := 887002;
BEGIN
    IF pg_try_advisory_xact_lock(v_notifier_locks, hashtext(NEW.queue)) THEN
        PERFORM pg_notify('pgserver_jobs', NEW.queue);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(v_committing_locks, hashtext(NEW.queue));
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION work.wake() IS 'Wakes the workers of a queue when jobs for it are committed.';
-- Once a transaction and queue is enough: who inserts says so in work.woken.
CREATE CONSTRAINT TRIGGER jobs_wake AFTER INSERT ON work.jobs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (current_setting('work.woken', true) IS DISTINCT FROM NEW.queue)
    EXECUTE FUNCTION work.wake();
