-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.job_rates AS
SELECT
    date_trunc('hour', f.finished_at, 'UTC') AS hour_started_at,
    f.queue,
    f.kind,
    count(*) FILTER (WHERE f.state = 'completed') AS completed_count,
    count(*) FILTER (WHERE f.state = 'cancelled') AS cancelled_count,
    sum(f.failures) AS failed_attempt_count,
    avg(extract(epoch FROM f.started_at - f.enqueued_at)) AS average_wait_seconds,
    avg(extract(epoch FROM f.finished_at - f.started_at)) AS average_run_seconds,
    max(extract(epoch FROM f.finished_at - f.started_at)) AS longest_run_seconds
FROM work.finished_jobs AS f
GROUP BY hour_started_at, f.queue, f.kind;
COMMENT ON VIEW bi.job_rates IS
    'How many jobs ended in each hour, by queue and kind, as far back as they are kept. Times are in UTC.';
COMMENT ON COLUMN bi.job_rates.hour_started_at      IS 'When the hour began, in UTC.';
COMMENT ON COLUMN bi.job_rates.queue                IS 'The workers they waited for.';
COMMENT ON COLUMN bi.job_rates.kind                 IS 'What was done.';
COMMENT ON COLUMN bi.job_rates.completed_count      IS 'Jobs done in the hour.';
COMMENT ON COLUMN bi.job_rates.cancelled_count      IS 'Jobs cancelled in the hour.';
COMMENT ON COLUMN bi.job_rates.failed_attempt_count IS 'How many attempts of them had failed before.';
COMMENT ON COLUMN bi.job_rates.average_wait_seconds IS 'From written to the beginning of the last attempt, in seconds, on average.';
COMMENT ON COLUMN bi.job_rates.average_run_seconds  IS 'From the beginning of the last attempt to the end, in seconds, on average.';
COMMENT ON COLUMN bi.job_rates.longest_run_seconds  IS 'The longest of these, in seconds.';
GRANT SELECT ON bi.job_rates TO bi_reader;
