-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.webhooks AS
SELECT
    w.webhook_id,
    w.url,
    w.events,
    w.status,
    w.disabled_by,
    w.disabled_at,
    h.failure_count,
    h.last_success_at,
    h.last_failure_at,
    w.created_by AS created_by_user_id,
    w.created_at,
    w.updated_at
FROM work.webhooks AS w
LEFT JOIN work.webhook_health AS h ON h.tenant_id = w.tenant_id AND h.webhook_id = w.webhook_id;
COMMENT ON VIEW bi.webhooks IS 'One row for each URL that the tenant has told of events. Times are in UTC.';
COMMENT ON COLUMN bi.webhooks.webhook_id         IS 'Id of the webhook.';
COMMENT ON COLUMN bi.webhooks.url                IS 'Where its deliveries are sent.';
COMMENT ON COLUMN bi.webhooks.events             IS 'Names of events, or patterns of names with * in them.';
COMMENT ON COLUMN bi.webhooks.status             IS 'active or disabled.';
COMMENT ON COLUMN bi.webhooks.disabled_by        IS 'person, failures (too many in a row) or receiver (it said that it is gone); NULL while it is active.';
COMMENT ON COLUMN bi.webhooks.disabled_at        IS 'When it was disabled, in UTC; NULL while it is active.';
COMMENT ON COLUMN bi.webhooks.failure_count      IS 'Events that could not be delivered since the last that could.';
COMMENT ON COLUMN bi.webhooks.last_success_at    IS 'When a delivery last arrived, in UTC.';
COMMENT ON COLUMN bi.webhooks.last_failure_at    IS 'When a delivery was last given up, in UTC.';
COMMENT ON COLUMN bi.webhooks.created_by_user_id IS 'Whose webhook it is.';
COMMENT ON COLUMN bi.webhooks.created_at         IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.webhooks.updated_at         IS 'When it was last changed, in UTC.';
GRANT SELECT ON bi.webhooks TO bi_reader;
