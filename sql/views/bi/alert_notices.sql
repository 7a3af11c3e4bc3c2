-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.alert_notices AS
SELECT
    n.notice_id,
    n.alert_id,
    n.alert_rule_id,
    n.reason,
    n.channel,
    n.status,
    n.attempts AS attempt_count,
    n.response_status,
    n.error_code,
    n.created_at,
    n.finished_at
FROM data.alert_notices AS n;
COMMENT ON VIEW bi.alert_notices IS
    'One row for each notice of an alert, and what came of sending it. Times are in UTC.';
COMMENT ON COLUMN bi.alert_notices.notice_id       IS 'Id of the notice.';
COMMENT ON COLUMN bi.alert_notices.alert_id        IS 'Alert it tells of; joins bi.alerts. NULL: a test.';
COMMENT ON COLUMN bi.alert_notices.alert_rule_id   IS 'Rule it came of; joins bi.alert_rules. NULL: the rule was removed.';
COMMENT ON COLUMN bi.alert_notices.reason          IS 'fired, resolved or test.';
COMMENT ON COLUMN bi.alert_notices.channel         IS 'webhook or mail.';
COMMENT ON COLUMN bi.alert_notices.status          IS 'pending, delivered or failed.';
COMMENT ON COLUMN bi.alert_notices.attempt_count   IS 'How often it was tried, once it is done or given up.';
COMMENT ON COLUMN bi.alert_notices.response_status IS 'HTTP status of the last answer.';
COMMENT ON COLUMN bi.alert_notices.error_code      IS 'Why it failed; NULL: it did not.';
COMMENT ON COLUMN bi.alert_notices.created_at      IS 'When it was written, in UTC.';
COMMENT ON COLUMN bi.alert_notices.finished_at     IS 'When it was delivered or given up, in UTC.';
GRANT SELECT ON bi.alert_notices TO bi_reader;
