-- Requires: functions/autonomos/require_aam.sql
-- The alerts of the calling tenant, newest first, and what came of telling of them.
--
-- Role:    member
-- Takes:   status: firing or resolved; alert_rule_id; connection_id; since: fired at or after
-- Returns: 200 {items: [{id, alert_rule_id, rule_name, metric, connection_id, comparison, threshold, window_minutes, value,
--          status, fired_at, resolved_at, resolved_value, notices: [{id, reason, channel, status, error}]}], total, limit,
--          offset, has_more}
-- Errors:  PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_alerts(
    status data.alert_status DEFAULT NULL, alert_rule_id uuid DEFAULT NULL, connection_id uuid DEFAULT NULL,
    since timestamptz DEFAULT NULL, "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    SELECT count(*)
    INTO v_page.total
    FROM data.alerts AS a
    WHERE a.tenant_id = auth.tenant_id()
        AND (a.status = list_alerts.status OR list_alerts.status IS NULL)
        AND (a.alert_rule_id = list_alerts.alert_rule_id OR list_alerts.alert_rule_id IS NULL)
        AND (a.connection_id = list_alerts.connection_id OR list_alerts.connection_id IS NULL)
        AND (a.fired_at >= list_alerts.since OR list_alerts.since IS NULL);
    SELECT COALESCE(json_agg(json_build_object(
            'id', l.alert_id, 'alert_rule_id', l.alert_rule_id, 'rule_name', l.rule_name, 'metric', l.metric,
            'connection_id', l.connection_id, 'comparison', l.comparison, 'threshold', trim_scale(l.threshold),
            'window_minutes', l.window_minutes, 'value', trim_scale(l.value), 'status', l.status,
            'fired_at', core.rfc3339(l.fired_at), 'resolved_at', core.rfc3339(l.resolved_at),
            'resolved_value', trim_scale(l.resolved_value),
            'notices', (
                SELECT COALESCE(json_agg(json_build_object(
                    'id', n.notice_id, 'reason', n.reason, 'channel', n.channel, 'status', n.status,
                    'error', n.error_code) ORDER BY n.created_at), '[]')
                FROM data.alert_notices AS n
                WHERE n.tenant_id = l.tenant_id AND n.alert_id = l.alert_id)) ORDER BY l.fired_at DESC, l.alert_id), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT a.*
        FROM data.alerts AS a
        WHERE a.tenant_id = auth.tenant_id()
            AND (a.status = list_alerts.status OR list_alerts.status IS NULL)
            AND (a.alert_rule_id = list_alerts.alert_rule_id OR list_alerts.alert_rule_id IS NULL)
            AND (a.connection_id = list_alerts.connection_id OR list_alerts.connection_id IS NULL)
            AND (a.fired_at >= list_alerts.since OR list_alerts.since IS NULL)
        ORDER BY a.fired_at DESC, a.alert_id
        LIMIT list_alerts."limit" OFFSET list_alerts."offset"
    ) AS l;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_alerts(data.alert_status, uuid, uuid, timestamptz, core.page_limit, core.page_offset) IS
    'The alerts of the calling tenant, newest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_alerts(data.alert_status, uuid, uuid, timestamptz, core.page_limit, core.page_offset)
    TO member;
SELECT api.route(
    'GET /api/v1/aam/alerts', 'autonomos.list_alerts', rate => 'read', tag => 'AAM',
    errors => '{503 unavailable AAM models not configured}',
    returns => '{
        "id": "uuid", "alert_rule_id": "string?", "rule_name": "string", "metric": "string", "connection_id": "string?",
        "comparison": "above|below", "threshold": "number", "window_minutes": "integer", "value": "number",
        "status": "firing|resolved", "fired_at": "date-time", "resolved_at": "string?", "resolved_value": "number?",
        "notices": [{"id": "uuid", "reason": "fired|resolved|test", "channel": "webhook|mail",
                     "status": "pending|delivered|failed", "error": "string?"}]
    }');
