-- Sees to drift that touches a mapping.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.answer_drift(drift data.drift_events)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    UPDATE data.drift_events AS d
    SET status = 'queued'
    WHERE d.tenant_id = drift.tenant_id AND d.drift_event_id = drift.drift_event_id;
END;
$$;
COMMENT ON FUNCTION data.answer_drift(data.drift_events) IS 'Sees to drift that touches a mapping.';
