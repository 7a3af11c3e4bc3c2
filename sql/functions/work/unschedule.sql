-- Requires: functions/work/require_jobs.sql
-- Removes a schedule. Jobs that it has enqueued stay.
--
-- Role:    member, worker
-- Definer: lends the removal of schedules, of the caller's tenant; of any, to the operator
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission jobs.manage is missing
--          PT404 not_found        404  the tenant has no such schedule
CREATE OR REPLACE FUNCTION work.unschedule(schedule_id bigint)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_id CONSTANT uuid := work.require_jobs();
BEGIN
    DELETE FROM work.schedules AS s
    WHERE s.schedule_id = unschedule.schedule_id AND s.tenant_id = COALESCE(v_tenant_id, s.tenant_id);
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'There is no such schedule.');
    END IF;
END;
$$;
COMMENT ON FUNCTION work.unschedule(bigint) IS 'Removes a schedule.';
GRANT EXECUTE ON FUNCTION work.unschedule(bigint) TO member, worker;
