-- Requires: functions/autonomos/require_aam.sql
-- What came of sending a notice of an alert.
--
-- Role:    member
-- Returns: 200 {id, alert_rule_id, alert_id, reason, channel, status, attempts, response_status, error, created_at,
--          finished_at}
-- Errors:  PT404 not_found    404  the tenant has no such notice
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.get_alert_notice(notice_id uuid)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_notice json;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT json_build_object(
        'id', n.notice_id, 'alert_rule_id', n.alert_rule_id, 'alert_id', n.alert_id, 'reason', n.reason,
        'channel', n.channel, 'status', n.status, 'attempts', n.attempts, 'response_status', n.response_status,
        'error', n.error_code, 'created_at', core.rfc3339(n.created_at), 'finished_at', core.rfc3339(n.finished_at))
    INTO v_notice
    FROM data.alert_notices AS n
    WHERE n.tenant_id = auth.tenant_id() AND n.notice_id = get_alert_notice.notice_id;
    IF NOT FOUND THEN
        PERFORM api.fail('not_found', 'Notice not found.');
    END IF;
    RETURN v_notice;
END;
$$;
COMMENT ON FUNCTION autonomos.get_alert_notice(uuid) IS 'What came of sending a notice of an alert.';
GRANT EXECUTE ON FUNCTION autonomos.get_alert_notice(uuid) TO member;
SELECT api.route(
    'GET /api/v1/aam/alert-notices/{notice_id}', 'autonomos.get_alert_notice', rate => 'read', tag => 'AAM',
    errors => '{404 not_found the tenant has no such notice,503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "alert_rule_id": "string?", "alert_id": "string?", "reason": "fired|resolved|test",
        "channel": "webhook|mail", "status": "pending|delivered|failed", "attempts": "integer?", "response_status": "integer?",
        "error": "string?", "created_at": "date-time", "finished_at": "string?"
    }');
