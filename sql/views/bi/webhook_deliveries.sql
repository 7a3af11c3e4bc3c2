-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.webhook_deliveries AS
SELECT
    d.delivery_id,
    d.webhook_id,
    d.reason,
    d.redelivery_of AS redelivery_of_delivery_id,
    d.event,
    d.event_position,
    d.status,
    d.attempts,
    d.response_status,
    d.error_code,
    d.duration_ms AS last_attempt_ms,
    d.created_at,
    d.finished_at,
    extract(epoch FROM d.finished_at - d.created_at) AS delay_seconds,
    d.job_id
FROM work.webhook_deliveries AS d;
COMMENT ON VIEW bi.webhook_deliveries IS
    'One row for each event that a webhook was, or is to be, told of, as long as the log is kept. Times are in UTC.';
COMMENT ON COLUMN bi.webhook_deliveries.delivery_id               IS 'Id of the delivery, as its receiver sees it.';
COMMENT ON COLUMN bi.webhook_deliveries.webhook_id                IS 'Webhook it is for; joins bi.webhooks.';
COMMENT ON COLUMN bi.webhook_deliveries.reason                    IS 'event, test or redelivery.';
COMMENT ON COLUMN bi.webhook_deliveries.redelivery_of_delivery_id IS 'The delivery that this one repeats; else NULL.';
COMMENT ON COLUMN bi.webhook_deliveries.event                     IS 'The name under which the webhook asked for the event.';
COMMENT ON COLUMN bi.webhook_deliveries.event_position            IS 'Place of the event in the tenant''s log; NULL for a test.';
COMMENT ON COLUMN bi.webhook_deliveries.status                    IS 'pending, delivered, failed or cancelled.';
COMMENT ON COLUMN bi.webhook_deliveries.attempts                  IS 'How often it was tried; NULL while it is pending.';
COMMENT ON COLUMN bi.webhook_deliveries.response_status           IS 'HTTP status of the last answer; NULL if there was none.';
COMMENT ON COLUMN bi.webhook_deliveries.error_code                IS 'Why there was no answer; NULL if there was one.';
COMMENT ON COLUMN bi.webhook_deliveries.last_attempt_ms           IS 'How long the last attempt took, in milliseconds.';
COMMENT ON COLUMN bi.webhook_deliveries.created_at                IS 'When it was written, in UTC.';
COMMENT ON COLUMN bi.webhook_deliveries.finished_at               IS 'When it arrived or was given up, in UTC.';
COMMENT ON COLUMN bi.webhook_deliveries.delay_seconds             IS 'From written to finished, in seconds.';
COMMENT ON COLUMN bi.webhook_deliveries.job_id                    IS 'The job that sends it.';
GRANT SELECT ON bi.webhook_deliveries TO bi_reader;
