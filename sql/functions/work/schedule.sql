-- Requires: functions/core/declaring_file.sql
-- Requires: functions/work/cron_next.sql
-- Requires: functions/work/is_time_zone.sql
-- Requires: functions/work/job_faults.sql
-- Requires: functions/work/job_settings.sql
-- Requires: functions/work/require_jobs.sql
-- Sets up a schedule, or changes the one of that name: when a job of a kind is enqueued by itself. Its arguments get a
-- member schedule of {name, run_at}. catch_up: whether runs that were missed are all made up for; else one stands for all.
--
-- A migration declares schedules of the installation, which go with their file.
--
-- Role:    member, worker
-- Definer: lends the writing of schedules, for the caller's tenant; for any, to the operator and to migrations
-- Returns: the id of the schedule
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission jobs.manage is missing, or the tenant is another than the caller's
--          PT400 invalid          400  a value is out of its range; DETAIL names it
--          PT409 schedules_limit  409  the tenant has as many schedules as it may have
--          22023                       no tenant is stated
CREATE OR REPLACE FUNCTION work.schedule(
    name text, expression text, kind text, arguments jsonb DEFAULT '{}', time_zone text DEFAULT 'UTC',
    catch_up boolean DEFAULT false, queue text DEFAULT NULL, priority integer DEFAULT 0, is_active boolean DEFAULT true,
    tenant_id uuid DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_caller      CONSTANT uuid := work.require_jobs();
    v_is_declared CONSTANT boolean := nullif(current_setting('api.declaring_file', true), '') IS NOT NULL;
    v_tenant_id   CONSTANT uuid := COALESCE(
        schedule.tenant_id, v_caller, CASE WHEN v_is_declared THEN work.system_tenant() END);
    v_file        text;
    v_faults      api.fault[];
    v_schedule_id bigint;
BEGIN
    IF v_tenant_id IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('schedule "%s" needs a tenant', schedule.name),
            HINT = 'State tenant_id; work.system_tenant() has the schedules of the installation.';
    ELSIF v_tenant_id <> v_caller AND v_caller <> work.system_tenant() THEN
        PERFORM api.fail('forbidden', 'A schedule can only be set up for one''s own tenant.');
    END IF;
    SELECT array_agg(ROW (c.field, 'invalid_value', c.message)::api.fault) INTO v_faults
    FROM (VALUES
        ('name', COALESCE(char_length(schedule.name), 0) NOT BETWEEN 1 AND 200, 'A name has 1 to 200 characters.'),
        ('expression', work.cron_fault(schedule.expression) IS NOT NULL, work.cron_fault(schedule.expression)),
        ('kind', NOT v_is_declared AND NOT EXISTS (SELECT FROM work.job_kinds AS k WHERE k.kind = schedule.kind),
            format('There is no job kind "%s".', schedule.kind)),
        ('time_zone', work.is_time_zone(schedule.time_zone) IS NOT TRUE,
            format('There is no time zone "%s". A time zone is written like Europe/Berlin.', schedule.time_zone))
    ) AS c (field, is_wrong, message)
    WHERE c.is_wrong;
    v_faults := v_faults || work.job_faults(
        COALESCE(schedule.queue, 'default'), schedule.priority, NULL, NULL, NULL, schedule.arguments);
    PERFORM api.invalid(VARIADIC v_faults) WHERE v_faults IS NOT NULL;
    IF v_is_declared THEN
        v_file := core.declaring_file();
    ELSIF (SELECT count(*) FROM work.schedules AS s WHERE s.tenant_id = v_tenant_id AND s.name <> schedule.name)
        >= core.setting_integer('work.schedules_max')
    THEN
        PERFORM api.fail('schedules_limit', 'There are as many schedules as a tenant may have.', status => 409);
    END IF;

    INSERT INTO work.schedules AS s (
        tenant_id, name, expression, time_zone, kind, arguments, queue, priority, catch_up, is_active, declared_in,
        declared_xid)
    VALUES (
        v_tenant_id, schedule.name, schedule.expression, schedule.time_zone, schedule.kind,
        COALESCE(schedule.arguments, '{}'), schedule.queue, COALESCE(schedule.priority, 0),
        COALESCE(schedule.catch_up, false), COALESCE(schedule.is_active, true), v_file,
        CASE WHEN v_is_declared THEN pg_current_xact_id() END)
    ON CONFLICT ON CONSTRAINT schedules_name_key DO UPDATE SET
        expression = EXCLUDED.expression, time_zone = EXCLUDED.time_zone, kind = EXCLUDED.kind,
        arguments = EXCLUDED.arguments, queue = EXCLUDED.queue, priority = EXCLUDED.priority,
        catch_up = EXCLUDED.catch_up, is_active = EXCLUDED.is_active, updated_at = now(),
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid
    RETURNING s.schedule_id INTO v_schedule_id;
    INSERT INTO work.schedule_clocks AS c (tenant_id, schedule_id, next_run_at)
    VALUES (
        v_tenant_id, v_schedule_id,
        CASE WHEN COALESCE(schedule.is_active, true) THEN work.cron_next(schedule.expression, schedule.time_zone) END)
    ON CONFLICT ON CONSTRAINT schedule_clocks_pkey DO UPDATE SET next_run_at = EXCLUDED.next_run_at, error = NULL;
    RETURN v_schedule_id;
END;
$$;
COMMENT ON FUNCTION work.schedule(text, text, text, jsonb, text, boolean, text, integer, boolean, uuid) IS
    'Sets up a schedule, or changes the one of that name.';
GRANT EXECUTE ON FUNCTION work.schedule(text, text, text, jsonb, text, boolean, text, integer, boolean, uuid)
    TO member, worker;
