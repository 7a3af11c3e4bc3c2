-- Ends the alert of a rule that is open, if one is.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Takes:   value: the figure that is back; NULL: the rule was changed, switched off or removed
-- Returns: the alert; without an id if none was open
CREATE OR REPLACE FUNCTION data.close_alert(alert_rule_id uuid, value numeric DEFAULT NULL)
RETURNS data.alerts LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_alert data.alerts;
BEGIN
    UPDATE data.alerts AS a
    SET status = 'resolved', resolved_at = now(), resolved_value = close_alert.value
    FROM data.alert_states AS s
    WHERE s.tenant_id = auth.tenant_id() AND s.alert_rule_id = close_alert.alert_rule_id
        AND a.tenant_id = s.tenant_id AND a.alert_id = s.alert_id AND a.status = 'firing'
    RETURNING a.* INTO v_alert;
    UPDATE data.alert_states AS s SET alert_id = NULL
    WHERE s.tenant_id = auth.tenant_id() AND s.alert_rule_id = close_alert.alert_rule_id AND s.alert_id IS NOT NULL;
    RETURN v_alert;
END;
$$;
COMMENT ON FUNCTION data.close_alert(uuid, numeric) IS 'Ends the alert of a rule that is open.';
