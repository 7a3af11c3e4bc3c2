-- Requires: functions/data/evaluate_alerts.sql
-- Requires: functions/work/schedule.sql
-- Has the rules of each tenant that has any looked at, each tenant's in a job of its own.
--
-- Role:    worker, as the installation
-- Definer: lends the knowledge of which tenants have rules
-- Returns: {tenants}
CREATE OR REPLACE FUNCTION data.dispatch_alerts(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_tenant_count integer;
BEGIN
    PERFORM work.enqueue('data.evaluate_alerts', unique_key => 'all', tenant_id => t.tenant_id)
    FROM (SELECT DISTINCT r.tenant_id FROM data.alert_rules AS r WHERE r.is_active) AS t;
    GET DIAGNOSTICS v_tenant_count = ROW_COUNT;
    RETURN jsonb_build_object('tenants', v_tenant_count);
END;
$$;
COMMENT ON FUNCTION data.dispatch_alerts(jsonb) IS 'Has the alert rules of each tenant looked at.';
GRANT EXECUTE ON FUNCTION data.dispatch_alerts(jsonb) TO worker;
SELECT work.job_kind('data.dispatch_alerts', 'data.dispatch_alerts', max_attempts => 3, keep => interval '0');
SELECT work.schedule('data.dispatch_alerts', '* * * * *', 'data.dispatch_alerts');
