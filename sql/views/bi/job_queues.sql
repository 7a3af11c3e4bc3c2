-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.job_queues AS
SELECT
    j.queue,
    j.kind,
    count(*) FILTER (WHERE j.state = 'waiting' AND j.run_at <= now()) AS due_count,
    count(*) FILTER (WHERE j.state = 'waiting' AND j.run_at > now()) AS scheduled_count,
    count(*) FILTER (WHERE j.state = 'running') AS running_count,
    count(*) FILTER (WHERE j.state = 'failed') AS parked_count,
    count(*) FILTER (WHERE j.state = 'waiting' AND j.failures > 0) AS retrying_count,
    extract(epoch FROM now() - min(j.run_at) FILTER (WHERE j.state = 'waiting' AND j.run_at <= now())) AS oldest_due_seconds,
    extract(epoch FROM now() - min(j.started_at) FILTER (WHERE j.state = 'running')) AS longest_running_seconds,
    min(j.run_at) FILTER (WHERE j.state = 'waiting' AND j.run_at > now()) AS next_run_at
FROM work.jobs AS j
GROUP BY j.queue, j.kind;
COMMENT ON VIEW bi.job_queues IS
    'How many jobs are under way, and how old they are: one row for each queue and kind that has some. Times are in UTC.';
COMMENT ON COLUMN bi.job_queues.queue                   IS 'The workers they wait for.';
COMMENT ON COLUMN bi.job_queues.kind                    IS 'What is to be done.';
COMMENT ON COLUMN bi.job_queues.due_count               IS 'Jobs that could begin now.';
COMMENT ON COLUMN bi.job_queues.scheduled_count         IS 'Jobs that wait for their time, or for their next attempt.';
COMMENT ON COLUMN bi.job_queues.running_count           IS 'Jobs that are being done.';
COMMENT ON COLUMN bi.job_queues.parked_count            IS 'Jobs that were given up and wait for a person.';
COMMENT ON COLUMN bi.job_queues.retrying_count          IS 'Of those that wait, jobs that have failed before.';
COMMENT ON COLUMN bi.job_queues.oldest_due_seconds      IS 'How long the oldest of those that could begin has waited, in seconds; NULL if there is none.';
COMMENT ON COLUMN bi.job_queues.longest_running_seconds IS 'How long ago the oldest of those that run was begun, in seconds; NULL if none runs.';
COMMENT ON COLUMN bi.job_queues.next_run_at             IS 'When the next of those that wait for their time is due, in UTC.';
GRANT SELECT ON bi.job_queues TO bi_reader;
