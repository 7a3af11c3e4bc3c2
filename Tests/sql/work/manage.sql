-- What people do with jobs: look at them, cancel them, have them tried again; each tenant with its own.
\ir labour.psql
INSERT INTO ids SELECT name, work.enqueue('test.labour', '{"do": "give_up"}', unique_key => name, priority => nth::integer)
FROM unnest('{parked,running,waiting}'::text[]) WITH ORDINALITY AS u (name, nth);
SELECT test.claim(2);
SELECT test.equals('it is parked', test.run(test.id('parked'), 1), 'failed');

-- Who may not, may not; others' jobs are not there.
SELECT test.become_member(1);
SELECT test.raises(format('SELECT work.cancel(%s)', test.id('parked')), 'PT403', 'forbidden');
SELECT test.raises(format('SELECT work.requeue(%s)', test.id('parked')), 'PT403', 'forbidden');
SELECT test.become_member(2, permissions => '{jobs.manage}');
SELECT test.raises(format('SELECT work.cancel(%s)', i.job_id), 'PT404', 'not_found') FROM ids AS i;
SELECT test.raises(format('SELECT work.requeue(%s)', i.job_id), 'PT404', 'not_found') FROM ids AS i;
SELECT test.become_anon();
SELECT test.raises('SELECT work.cancel(1)', '42501');
SELECT test.raises('SELECT work.requeue(1)', '42501');
RESET ROLE;
SELECT test.equals('who carries the permission', array_agg(r.role::text ORDER BY r.role), '{owner,admin}')
FROM auth.role_permissions AS r WHERE r.permission = 'jobs.manage';

-- What is parked is listed and looked at where all jobs are.
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT test.equals('what is parked', (a.job_id, a.failures, a.errors #>> '{0,message}')::text, format('(%s,1,never)', test.id('parked')))
FROM work.all_jobs AS a WHERE a.state = 'failed';

-- One that is requeued has all its attempts again, and its errors still.
SELECT work.requeue(test.id('parked'));
SELECT test.equals('it waits', (a.state, a.attempt, a.failures, jsonb_array_length(a.errors), a.run_at <= clock_timestamp())::text, '(waiting,1,0,1,t)')
FROM work.all_jobs AS a WHERE a.job_id = test.id('parked');
SELECT work.requeue(test.id('parked'), now() + interval '1 hour');
SELECT test.equals('it waits for longer', a.run_at, now() + interval '1 hour') FROM work.all_jobs AS a WHERE a.job_id = test.id('parked');
SELECT test.raises(format('SELECT work.requeue(%s)', test.id('running')), 'PT404', 'not_found');
SELECT work.requeue(test.id('parked'));
SELECT test.claim(1);
SELECT test.equals('it is parked again', test.run(c.job_id, c.attempt), 'failed') FROM test.claimed AS c;
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT work.enqueue('test.labour', unique_key => 'parked');
SELECT test.raises(format('SELECT work.requeue(%s)', a.job_id), '23505', 'jobs_unique_key')
FROM work.all_jobs AS a WHERE a.state = 'failed';

-- One that waits or is parked is cancelled at once.
SELECT test.equals('outcome', work.cancel(a.job_id), 'cancelled') FROM work.all_jobs AS a WHERE a.state IN ('waiting', 'failed') AND a.queue = 'test';
SELECT test.raises(format('SELECT work.cancel(%s)', test.id('waiting')), 'PT404', 'not_found');
SELECT test.equals('where they are', array_agg(DISTINCT a.state::text), '{cancelled}') FROM work.all_jobs AS a WHERE a.job_id IN (test.id('waiting'), test.id('parked'));

-- One that runs is cancelled by its worker, who hears of it; what it did is undone.
SELECT test.equals('outcome', work.cancel(test.id('running')), 'cancelling');
SELECT test.equals('said again', work.cancel(test.id('running')), 'cancelling');
SELECT test.become_server();
SELECT test.equals('the worker hears', l, test.id('running')) FROM api.extend_leases(test.person(9, 1), ARRAY[test.id('running')], '1 hour') AS l;
SELECT test.equals('it is over', api.fail_job(test.id('running'), 1, 'cancelled', 'It was cancelled.'), 'cancelled');
RESET ROLE;
SELECT test.equals('where it is', a.state::text, 'cancelled') FROM work.all_jobs AS a WHERE a.job_id = test.id('running');
SELECT test.equals('nobody waits for it', count(*), 0) FROM work.job_cancels;
-- One that was done before its worker heard stays done.
SELECT test.become_member(1, permissions => '{jobs.manage}');
INSERT INTO ids VALUES ('done', work.enqueue('test.labour', '{"do": "nothing"}'));
SELECT test.claim(1);
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT test.equals('outcome', work.cancel(test.id('done')), 'cancelling');
SELECT test.equals('it was faster', test.run(test.id('done'), 1), 'completed');
SELECT test.equals('where it is', a.state::text, 'completed') FROM work.all_jobs AS a WHERE a.job_id = test.id('done');
-- One that fails after that is not tried again.
SELECT test.become_member(1, permissions => '{jobs.manage}');
INSERT INTO ids VALUES ('bad', work.enqueue('test.labour', '{"do": "raise"}'));
SELECT test.claim(1);
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT work.cancel(test.id('bad'));
SELECT test.equals('outcome', test.run(test.id('bad'), 1), 'cancelled');

-- The operator, who is no tenant's, manages all.
SELECT test.become_member(2);
INSERT INTO ids VALUES ('other', work.enqueue('test.labour'));
RESET ROLE;
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('outcome', work.cancel(test.id('other')), 'cancelled');

-- What the server tells those who watch it.
DELETE FROM work.jobs;
SELECT work.enqueue('test.labour', priority => n, run_at => now() + n * interval '1 hour', tenant_id => test.tenant(1 + n % 2)) FROM generate_series(0, 3) AS n;
UPDATE work.jobs SET run_at = now() - interval '1 min' WHERE run_at <= clock_timestamp();
UPDATE work.jobs SET state = 'running', started_at = now() - interval '6000 s' WHERE priority = 1;
UPDATE work.jobs SET state = 'failed', started_at = now() - interval '9000 s' WHERE priority = 2;
SELECT test.become_server();
SELECT test.equals('jobs by state', jsonb_object_agg(m.state, m.job_count), '{"scheduled": 1, "waiting": 1, "running": 1, "failed": 1}')
FROM api.job_metrics() AS m WHERE m.queue = 'test';
SELECT test.is_true(format('the age of what is %s', m.state), m.oldest_seconds BETWEEN a.least AND a.least + 3000)
FROM api.job_metrics() AS m JOIN (VALUES ('scheduled', 0), ('waiting', 60), ('running', 6000), ('failed', 9000)) AS a (state, least) USING (state)
WHERE m.queue = 'test';
SELECT test.become_member(1);
SELECT test.raises('SELECT api.job_metrics()', '42501');
