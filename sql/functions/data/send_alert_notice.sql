-- Requires: functions/data/alert_settings.sql
-- Requires: functions/work/webhook_body.sql
-- Writes a notice and the job that sends it. A webhook's is signed as deliveries of webhooks are, if the rule has a secret.
--
-- Role:    pgserver_owner, for functions that act for a member or the worker
-- Takes:   reason: fired, resolved or test; alert: NULL for a test
-- Returns: the notice's id
CREATE OR REPLACE FUNCTION data.send_alert_notice(rule data.alert_rules, reason text, alert data.alerts)
RETURNS uuid LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_timeout_ms     CONSTANT integer := 15000;
    v_byte_count_max CONSTANT integer := 65536;
    v_notice_id      CONSTANT uuid    := gen_random_uuid();
    v_event          CONSTANT text    := 'data.alert.' || send_alert_notice.reason;
    v_connection     CONSTANT text    := (
        SELECT c.name FROM data.connections AS c
        WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = rule.connection_id);
    v_secret         bytea;
    v_body           text;
    v_job_id         bigint;
BEGIN
    IF rule.channel = 'webhook' THEN
        v_body := work.webhook_body(v_event, now(), jsonb_build_object(
            'alert_id', alert.alert_id, 'alert_rule_id', rule.alert_rule_id, 'rule_name', rule.name, 'metric', rule.metric,
            'connection_id', rule.connection_id, 'connection_name', v_connection, 'comparison', rule.comparison,
            'threshold', trim_scale(rule.threshold), 'window_minutes', rule.window_minutes, 'value', trim_scale(alert.value),
            'status', alert.status, 'fired_at', core.rfc3339(alert.fired_at), 'resolved_at', core.rfc3339(alert.resolved_at),
            'resolved_value', trim_scale(alert.resolved_value)));
        SELECT convert_to(s.secret, 'UTF8') INTO v_secret
        FROM data.alert_secrets AS s
        WHERE s.tenant_id = auth.tenant_id() AND s.alert_rule_id = rule.alert_rule_id;
        IF v_secret IS NOT NULL THEN
            v_body := left(v_body, -1) || format(',"signature":"sha256=%s"}',
                encode(ext.hmac(convert_to(v_body, 'UTF8'), v_secret, 'sha256'), 'hex'));
        END IF;
        v_job_id := work.enqueue('data.alert_webhook', jsonb_build_object(
            'method', 'POST', 'url', rule.url,
            'headers', jsonb_strip_nulls(jsonb_build_object(
                'Content-Type', 'application/json',
                'User-Agent', 'PgServer-Alerts/1',
                'X-Webhook-Delivery', v_notice_id,
                'X-Webhook-Event', v_event,
                'X-Webhook-Timestamp', core.rfc3339(now()),
                'X-Signature-256', 'sha256=' || encode(ext.hmac(convert_to(v_body, 'UTF8'), v_secret, 'sha256'), 'hex'))),
            'body', v_body, 'timeout_ms', v_timeout_ms, 'max_response_bytes', v_byte_count_max, 'redirects', 0,
            'idempotency_key', v_notice_id, 'notice_id', v_notice_id));
    ELSE
        v_job_id := work.enqueue('data.alert_mail', jsonb_build_object(
            'from', core.setting('data.alert_from'), 'to', to_jsonb(rule.recipients),
            'subject', left(format('%s: %s', CASE send_alert_notice.reason
                WHEN 'fired' THEN 'Alert' WHEN 'resolved' THEN 'Resolved' ELSE 'Test' END,
                regexp_replace(rule.name, '[[:cntrl:]]+', ' ', 'g')), 250),
            'text', concat_ws(E'\n',
                format('Rule:       %s', rule.name),
                format('Watches:    %s %s %s', rule.metric, rule.comparison, trim_scale(rule.threshold)),
                format('Window:     %s minutes', rule.window_minutes),
                CASE WHEN rule.connection_id IS NOT NULL THEN format('Connection: %s', v_connection) END,
                CASE WHEN alert.alert_id IS NOT NULL THEN format('Value:      %s, at %s', trim_scale(alert.value), core.rfc3339(alert.fired_at)) END,
                CASE WHEN alert.status = 'resolved'
                    THEN format('Resolved:   %s, at %s', trim_scale(alert.resolved_value), core.rfc3339(alert.resolved_at)) END,
                CASE WHEN send_alert_notice.reason = 'test' THEN 'This is a test: nothing has happened.' END, ''),
            'idempotency_key', v_notice_id, 'notice_id', v_notice_id));
    END IF;
    INSERT INTO data.alert_notices (tenant_id, notice_id, alert_rule_id, alert_id, reason, channel, job_id)
    VALUES (auth.tenant_id(), v_notice_id, rule.alert_rule_id, alert.alert_id, send_alert_notice.reason, rule.channel, v_job_id);
    RETURN v_notice_id;
END;
$$;
COMMENT ON FUNCTION data.send_alert_notice(data.alert_rules, text, data.alerts) IS 'Writes a notice and the job that sends it.';
