-- Requires: functions/data/discovery_settings.sql
-- Requires: functions/data/enqueue_discovery.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/schedule.sql
-- Has every active connection looked at whose last look is older than the setting says, of all tenants; and forgets
-- discoveries of more than a month ago, of the tenants it comes by.
--
-- Role:    worker, for the installation
-- Definer: lends the giving of jobs to each tenant that has such a connection
-- Returns: {enqueued}
-- Errors:  PT403 forbidden  403  the caller is a tenant
CREATE OR REPLACE FUNCTION data.discover_all(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max CONSTANT int      := 1000;
    v_kept      CONSTANT interval := interval '30 days';
    v_caller    CONSTANT text     := current_setting('request.tenant_id', true);
    v_due       record;
    v_enqueued  int := 0;
BEGIN
    IF auth.tenant_id() IS DISTINCT FROM work.system_tenant() THEN
        PERFORM api.fail('forbidden', 'Only the installation looks at the sources of all tenants.');
    END IF;
    FOR v_due IN
        SELECT d.tenant_id, d.connection_id
        FROM data_summary.connections_to_discover(
            now() - make_interval(hours => core.setting_integer('data.discovery_hours')::int), v_count_max) AS d
    LOOP
        -- The policies hold for each tenant in its turn.
        PERFORM set_config('request.tenant_id', v_due.tenant_id::text, true);
        PERFORM data.enqueue_discovery(v_due.connection_id);
        DELETE FROM data.discoveries AS d WHERE d.tenant_id = v_due.tenant_id AND d.created_at < now() - v_kept;
        v_enqueued := v_enqueued + 1;
    END LOOP;
    PERFORM set_config('request.tenant_id', v_caller, true);
    RETURN jsonb_build_object('enqueued', v_enqueued);
END;
$$;
COMMENT ON FUNCTION data.discover_all(jsonb) IS 'Has every active connection looked at that was not for long.';
GRANT EXECUTE ON FUNCTION data.discover_all(jsonb) TO worker;
SELECT work.job_kind('data.discover_all', 'data.discover_all', max_attempts => 3, timeout => interval '5 min');
SELECT work.schedule('data.discover_all', '44 * * * *', 'data.discover_all');
