-- Requires: functions/data/repair_drift.sql
-- Sees to drift that may touch a mapping: what can be repaired is, for the rest a person is asked. Drift of a column
-- that a mapping reads, and of which nothing can be proposed, waits for a person too.
--
-- A repair that fails must not hide what was found: it is undone, and the drift waits for a person.
--
-- Role:    pgserver_owner, which holds the connection's lock
CREATE OR REPLACE FUNCTION data.answer_drift(drift data.drift_events)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_status text;
BEGIN
    BEGIN
        v_status := data.repair_drift(drift.drift_event_id);
    EXCEPTION
        WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT404' OR SQLSTATE 'PT409' OR SQLSTATE 'PT422' OR SQLSTATE 'PT502'
            OR integrity_constraint_violation OR data_exception
        THEN
            v_status := 'detected';
    END;
    IF v_status = 'detected' AND data.is_mapped(drift) THEN
        UPDATE data.drift_events AS d
        SET status = 'queued'
        WHERE d.tenant_id = drift.tenant_id AND d.drift_event_id = drift.drift_event_id;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.answer_drift(data.drift_events) IS 'Sees to drift that may touch a mapping.';
