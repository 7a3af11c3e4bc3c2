-- What a worker holds: it keeps it by saying so, gives it back in order, and loses it by its silence.
\ir labour.psql
INSERT INTO ids SELECT name, work.enqueue('test.labour', max_attempts => 2) FROM unnest('{kept,taken,idle}'::text[]) AS name;
SELECT test.equals('jobs claimed', test.claim(2), 2);
SELECT test.equals('jobs claimed by another', test.claim(1, 2), 1);

-- It hears which of them are not its own.
SELECT test.become_server();
SELECT test.equals('what worker 1 has lost', array_agg(l ORDER BY l), ARRAY[0, test.id('idle')])
FROM api.extend_leases(test.person(9, 1), ARRAY(SELECT i.job_id FROM ids AS i) || 0::bigint, '1 hour') AS l;
RESET ROLE;
SELECT test.equals('what is extended', array_agg(i.name ORDER BY i.name), '{kept,taken}'::text[])
FROM work.jobs AS j JOIN ids AS i USING (job_id) WHERE j.lease_until > now() + interval '50 min';

-- A worker that is silent for too long is lost: the attempt counts, and the job is another's.
SELECT test.become_server();
SELECT test.equals('nothing is over', api.requeue_expired(), 0);
RESET ROLE;
UPDATE work.jobs SET lease_until = clock_timestamp() - interval '1 s' WHERE job_id = test.id('taken');
SELECT test.become_server();
SELECT test.equals('one is', api.requeue_expired(), 1);
SELECT test.equals('once', api.requeue_expired(), 0);
RESET ROLE;
SELECT test.equals('what is written down', (j.state, j.failures, j.worker_id, j.errors #>> '{0,code}')::text, '(waiting,1,,worker_lost)')
FROM work.jobs AS j WHERE j.job_id = test.id('taken');
SELECT test.wait();
SELECT test.equals('jobs claimed by another', test.claim(5, 2), 1);
SELECT test.equals('its second attempt', (c.job_id, c.attempt), (test.id('taken'), 2)) FROM test.claimed AS c;
SELECT test.equals('the first worker comes too late', test.run(test.id('taken'), 1), 'lost');
SELECT test.become_server();
SELECT test.equals('also with its failure', api.fail_job(test.id('taken'), 1, 'timeout', ''), 'lost');
SELECT test.equals('also with its progress', api.report_progress(test.id('taken'), 1, '{"fraction": 1}'), false);
SELECT test.equals('it is told', l, test.id('taken')) FROM api.extend_leases(test.person(9, 1), ARRAY[test.id('taken')], '1 hour') AS l;
-- A job that kills its workers is parked in the end.
RESET ROLE;
UPDATE work.jobs SET lease_until = clock_timestamp() - interval '1 s' WHERE job_id = test.id('taken');
SELECT test.become_server();
SELECT test.equals('one is', api.requeue_expired(), 1);
RESET ROLE;
SELECT test.equals('it is parked', (test.job(test.id('taken'))).state::text, 'failed');

-- What a worker gives back begins again at once, and no failure is counted.
SELECT test.become_server();
SELECT test.equals('what worker 2 gives back', api.release_jobs(test.person(9, 2)), 1);
SELECT test.equals('nothing is left', api.release_jobs(test.person(9, 2)), 0);
RESET ROLE;
SELECT test.equals('it waits', (j.state, j.failures, j.run_at <= clock_timestamp())::text, '(waiting,0,t)')
FROM work.jobs AS j WHERE j.job_id = test.id('idle');
SELECT test.equals('what worker 1 has stays', (j.state)::text, 'running') FROM work.jobs AS j WHERE j.job_id = test.id('kept');

-- What a job says of itself is seen apart from its transaction, by its own tenant.
SELECT test.become_server();
SELECT test.equals('the attempt is under way', api.report_progress(test.id('kept'), 1, '{"fraction": 0.25}'), true);
SELECT test.equals('and again', api.report_progress(test.id('kept'), 1, '{"fraction": 0.5, "message": "half"}'), true);
SELECT test.become_member(1);
SELECT test.equals('what its tenant sees', a.progress, '{"fraction": 0.5, "message": "half"}') FROM work.all_jobs AS a WHERE a.job_id = test.id('kept');
SELECT test.become_member(2);
SELECT test.equals('what others see', count(*), 0) FROM work.job_progress;
SELECT test.become_worker(1);
SELECT test.raises('SELECT work.progress(1.5)', '22023');
SELECT test.raises('SELECT work.progress(-0.1)', '22023');
SELECT work.progress(1);
