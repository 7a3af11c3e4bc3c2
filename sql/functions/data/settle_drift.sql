-- Notes what became of a drift once nothing of it waits any more: repaired if a person accepted a repair of it,
-- rejected if not.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.settle_drift(drift_event_id uuid)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    UPDATE data.drift_events AS d
    SET status = CASE WHEN t.accepted > 0 THEN 'repaired' ELSE 'rejected' END, resolved_at = now()
    FROM (
        SELECT
            count(*) FILTER (WHERE s.status = 'pending') AS waiting,
            count(*) FILTER (WHERE s.status = 'accepted') AS accepted
        FROM data.mapping_suggestions AS s
        WHERE s.tenant_id = (SELECT auth.tenant_id()) AND s.drift_event_id = settle_drift.drift_event_id
    ) AS t
    WHERE d.tenant_id = (SELECT auth.tenant_id()) AND d.drift_event_id = settle_drift.drift_event_id
        AND d.status = 'queued' AND t.waiting = 0;
END;
COMMENT ON FUNCTION data.settle_drift(uuid) IS 'Notes what became of a drift once nothing of it waits any more.';
