-- Requires: functions/work/enqueue.sql
-- Requires: functions/work/job_kind.sql
-- Requires: functions/work/webhook_settings.sql
-- Removes deliveries from the log of all tenants when they are as old as the log is kept, and goes on in another job if
-- there are more than one may remove. One that is still to be tried stays.
--
-- Role:    worker
-- Definer: lends the removal of what retention has ended, for every tenant
-- Returns: {removed}
CREATE OR REPLACE FUNCTION work.trim_webhook_deliveries(arguments jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_count_max CONSTANT integer  := COALESCE((trim_webhook_deliveries.arguments ->> 'max_count')::integer, 20000);
    v_keep      CONSTANT interval := interval '1 day'
        * greatest(core.setting_integer('work.webhook_deliveries_days'), 1);
    v_count     integer;
BEGIN
    DELETE FROM work.webhook_deliveries AS d
    USING (
        SELECT o.tenant_id, o.delivery_id
        FROM work.webhook_deliveries AS o
        WHERE o.created_at < now() - v_keep
            AND NOT (o.status = 'pending' AND EXISTS (
                SELECT FROM work.jobs AS j
                WHERE j.tenant_id = o.tenant_id AND j.job_id = o.job_id AND j.state IN ('waiting', 'running')))
        ORDER BY o.created_at
        LIMIT v_count_max
        FOR UPDATE OF o SKIP LOCKED
    ) AS o
    WHERE d.tenant_id = o.tenant_id AND d.delivery_id = o.delivery_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count > 0 AND v_count = v_count_max THEN
        PERFORM work.enqueue(
            'work.trim_webhook_deliveries', trim_webhook_deliveries.arguments, unique_key => 'more');
    END IF;
    RETURN jsonb_build_object('removed', v_count);
END;
$$;
COMMENT ON FUNCTION work.trim_webhook_deliveries(jsonb) IS 'Removes deliveries from the log when they are old.';
GRANT EXECUTE ON FUNCTION work.trim_webhook_deliveries(jsonb) TO worker;
SELECT work.job_kind('work.trim_webhook_deliveries', 'work.trim_webhook_deliveries', keep => interval '7 days');
