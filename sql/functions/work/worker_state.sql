-- Whether jobs are being done at all: by whether the installation's own schedules, of which one is due each minute, are
-- kept up with.
--
-- Role:    member
-- Definer: lends the reading of the installation's schedules; nothing of a tenant is shown
-- Returns: is_alive: none is late by more than three minutes; overdue_seconds: how late the latest one is
CREATE OR REPLACE FUNCTION work.worker_state(OUT is_alive boolean, OUT overdue_seconds integer, OUT last_run_at timestamptz)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_late_max CONSTANT integer := 180;
BEGIN
    SELECT COALESCE(GREATEST(extract(epoch FROM statement_timestamp() - min(c.next_run_at)), 0), 0)::integer, max(c.last_run_at)
    INTO worker_state.overdue_seconds, worker_state.last_run_at
    FROM work.schedule_clocks AS c
    WHERE c.tenant_id = work.system_tenant();
    worker_state.is_alive := worker_state.overdue_seconds <= v_late_max;
END;
$$;
COMMENT ON FUNCTION work.worker_state() IS 'Whether jobs are being done at all.';
GRANT EXECUTE ON FUNCTION work.worker_state() TO member;
