-- Sets drift aside that nobody needs to see to.
--
-- Role:    member, worker
-- Definer: lends the writing of drift, of the caller's tenant only
-- Returns: the drift as it is now
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such drift
--          PT409 drift_settled    409  the drift has been repaired, rejected or set aside already
CREATE OR REPLACE FUNCTION data.ignore_drift(drift_event_id uuid)
RETURNS data.drift_events LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_drift data.drift_events;
BEGIN
    PERFORM data.require_write();
    SELECT d.* INTO v_drift
    FROM data.drift_events AS d
    WHERE d.tenant_id = auth.tenant_id() AND d.drift_event_id = ignore_drift.drift_event_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Drift not found.', 404);
    ELSIF v_drift.status NOT IN ('detected', 'queued') THEN
        PERFORM api.fail('drift_settled', format('The status of this drift is %s already.', v_drift.status), 409);
    END IF;
    UPDATE data.drift_events AS d
    SET status = 'ignored', resolved_at = now()
    WHERE d.tenant_id = v_drift.tenant_id AND d.drift_event_id = v_drift.drift_event_id
    RETURNING d.* INTO STRICT v_drift;
    RETURN v_drift;
END;
$$;
COMMENT ON FUNCTION data.ignore_drift(uuid) IS 'Sets drift aside that nobody needs to see to.';
GRANT EXECUTE ON FUNCTION data.ignore_drift(uuid) TO member, worker;
