-- What the views of jobs show: depth, age, rate, failures by kind, what is parked, schedules; each tenant its own.
\ir ../work/labour.psql
RESET ROLE;
DELETE FROM work.jobs;
CREATE FUNCTION test.become_analyst(n integer) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('request.tenant_id', test.tenant(n)::text, true), set_config('role', 'bi_reader', true)
$$;
SELECT test.become_member(1, permissions => '{jobs.manage}');
INSERT INTO ids VALUES
    ('done', work.enqueue('test.labour', '{"do": "nothing"}', priority => 1)),
    ('bad', work.enqueue('test.labour', '{"do": "raise"}', priority => 2)),
    ('parked', work.enqueue('test.labour', '{"do": "give_up"}', priority => 3)),
    ('running', work.enqueue('test.labour', priority => 4)),
    ('due', work.enqueue('test.labour', priority => 5)),
    ('later', work.enqueue('test.limited', run_at => now() + interval '1 hour'));
SELECT work.schedule('nightly', '0 3 * * *', 'test.labour', time_zone => 'Europe/Berlin');
SELECT test.become_member(2);
SELECT work.enqueue('test.labour', run_at => now() + interval '1 hour');
SELECT test.equals('jobs claimed', test.claim(4), 4);
SELECT test.equals('outcome', test.run(test.id(o.name), 1), o.outcome) FROM (VALUES ('done', 'completed'), ('bad', 'retrying'), ('parked', 'failed')) AS o (name, outcome);
SELECT test.become_server();
SELECT api.report_progress(test.id('running'), 1, '{"fraction": 0.5, "message": "half"}');
RESET ROLE;
UPDATE work.jobs SET run_at = now() + interval '1 hour' WHERE job_id = test.id('bad');
UPDATE work.jobs SET run_at = now() - interval '1 min', enqueued_at = now() - interval '1 min' WHERE job_id = test.id('due');

SELECT test.become_analyst(1);
SELECT test.equals('jobs', jsonb_object_agg(i.name, jsonb_build_array(b.state, b.failure_count, b.last_error_code, b.progress_fraction)),
    '{"done": ["completed", 0, null, null], "bad": ["waiting", 1, "P0001", null], "parked": ["failed", 1, "gave_up", null],
      "running": ["running", 0, null, 0.5], "due": ["waiting", 0, null, null], "later": ["waiting", 0, null, null]}')
FROM bi.jobs AS b JOIN pg_temp.ids AS i USING (job_id);
SELECT test.equals('all of them', count(*), 6) FROM bi.jobs;
SELECT test.equals('depth and age', jsonb_object_agg(q.kind, jsonb_build_array(q.due_count, q.scheduled_count, q.running_count, q.parked_count, q.retrying_count,
    q.oldest_due_seconds >= 60)), '{"test.labour": [1, 1, 1, 1, 1, true], "test.limited": [0, 1, 0, 0, 0, null]}')
FROM bi.job_queues AS q;
SELECT test.equals('what is parked', (p.job_id = test.id('parked'), p.last_error_message)::text, '(t,never)') FROM bi.parked_jobs AS p;
SELECT test.equals('rate', (r.kind, r.completed_count, r.cancelled_count, r.failed_attempt_count)::text, '(test.labour,1,0,0)') FROM bi.job_rates AS r;
SELECT test.equals('failures by kind', jsonb_object_agg(f.error_code, jsonb_build_array(f.kind, f.failed_attempt_count, f.job_count, f.parked_job_count, f.last_message)),
    '{"P0001": ["test.labour", 1, 1, 0, "it cannot be done"], "gave_up": ["test.labour", 1, 1, 1, "never"]}')
FROM bi.job_failures AS f;
SELECT test.equals('schedules', (s.schedule_name, s.next_run_at > now(), s.is_active)::text, '(nightly,t,t)') FROM bi.job_schedules AS s;

SELECT test.become_analyst(2);
SELECT test.equals('of the other tenant', jsonb_build_array(
    (SELECT count(*) FROM bi.jobs), (SELECT count(*) FROM bi.job_queues), (SELECT count(*) FROM bi.parked_jobs),
    (SELECT count(*) FROM bi.job_rates), (SELECT count(*) FROM bi.job_failures), (SELECT count(*) FROM bi.job_schedules)),
    '[1, 1, 0, 0, 0, 0]');
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('of nobody', (SELECT count(*) FROM bi.jobs) + (SELECT count(*) FROM bi.job_schedules), 0);
