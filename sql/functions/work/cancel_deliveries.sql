-- Requires: functions/work/end_job.sql
-- Cancels the deliveries of a webhook that are still to be tried. One that is being sent may yet arrive.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
CREATE OR REPLACE FUNCTION work.cancel_deliveries(tenant_id uuid, webhook_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_job_id bigint;
BEGIN
    FOR v_job_id IN
        UPDATE work.webhook_deliveries AS d
        SET status = 'cancelled', finished_at = clock_timestamp()
        WHERE d.tenant_id = cancel_deliveries.tenant_id AND d.webhook_id = cancel_deliveries.webhook_id
            AND d.status = 'pending'
        RETURNING d.job_id
    LOOP
        PERFORM work.end_job(cancel_deliveries.tenant_id, v_job_id);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION work.cancel_deliveries(uuid, uuid) IS 'Cancels the deliveries of a webhook that are still to be tried.';
