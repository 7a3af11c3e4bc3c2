-- Requires: functions/data/alert_settings.sql
-- Requires: functions/work/check_webhook.sql
-- Refuses a rule that cannot work, and names every fault.
--
-- Role:    pgserver_owner, for functions that act for a member
-- Takes:   the rule as it would be; secret: NULL for none, or one that stays
-- Errors:  PT400 invalid  400  a field is missing, malformed or out of place
CREATE OR REPLACE FUNCTION data.check_alert_rule(rule data.alert_rules, secret text)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_recipient_count_max CONSTANT integer := 20;
    v_address_length_max  CONSTANT integer := 254;
    v_threshold_max       CONSTANT numeric := 1e15;
    v_faults api.fault[];
BEGIN
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (VALUES
        ('name', 'bad_length', 'must have 1 to 200 characters',
            COALESCE(char_length(rule.name), 0) NOT BETWEEN 1 AND 200),
        ('threshold', 'out_of_range', 'must be a number of at most fifteen digits before the point',
            COALESCE(abs(rule.threshold) > v_threshold_max OR rule.threshold = 'NaN', true)),
        ('connection_id', 'out_of_place', format('the metric %s is the tenant''s, and no connection''s', rule.metric),
            rule.connection_id IS NOT NULL AND rule.metric IN ('jobs_failed', 'spend_to_budget')),
        ('connection_id', 'not_found', 'There is no such connection.',
            rule.connection_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM data.connections AS c
                WHERE c.tenant_id = auth.tenant_id() AND c.connection_id = rule.connection_id AND c.status <> 'DISCONNECTED')),
        ('url', 'required', 'is needed for the channel webhook', rule.channel = 'webhook' AND rule.url IS NULL),
        ('url', 'out_of_place', 'is for the channel webhook', rule.channel = 'mail' AND rule.url IS NOT NULL),
        ('secret', 'out_of_place', 'is for the channel webhook', rule.channel = 'mail' AND check_alert_rule.secret IS NOT NULL),
        ('recipients', 'out_of_place', 'is for the channel mail', rule.channel = 'webhook' AND rule.recipients IS NOT NULL),
        ('recipients', 'bad_length', format('must be 1 to %s addresses', v_recipient_count_max),
            rule.channel = 'mail' AND COALESCE(cardinality(rule.recipients), 0) NOT BETWEEN 1 AND v_recipient_count_max),
        ('recipients', 'malformed', 'must be addresses like ada@example.com', EXISTS (
            SELECT FROM unnest(rule.recipients) AS r (address)
            WHERE r.address IS NULL OR char_length(r.address) > v_address_length_max
                OR r.address !~ '^[^@\s<>,;:"()\\]+@[[:alnum:]-]+(\.[[:alnum:]-]+)*$')),
        ('channel', 'not_configured', 'This server sends no mail of alerts: PGSERVER_ALERT_FROM is empty.',
            rule.channel = 'mail' AND COALESCE(core.setting('data.alert_from'), '') = '')
    ) AS f (field, code, message, is_wrong)
    WHERE f.is_wrong;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));
    IF rule.channel = 'webhook' THEN
        PERFORM work.check_webhook(rule.url, NULL, check_alert_rule.secret);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.check_alert_rule(data.alert_rules, text) IS 'Refuses a rule that cannot work.';
