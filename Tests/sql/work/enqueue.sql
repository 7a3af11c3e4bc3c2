-- Writing a job: what it takes over from its kind and its request, what is refused, and equal jobs.
\ir labour.psql

INSERT INTO ids VALUES ('plain', work.enqueue('test.labour', '{"do": "nothing"}'));
SELECT test.equals('what the kind and the request say', to_jsonb(j) - 'job_id' - 'run_at' - 'enqueued_at', jsonb_build_object(
    'tenant_id', test.tenant(1), 'kind', 'test.labour', 'queue', 'test', 'lane', '', 'priority', 0, 'state', 'waiting',
    'attempt', 0, 'failures', 0, 'max_attempts', 3, 'timeout_ms', 60000, 'worker_id', NULL, 'started_at', NULL,
    'lease_until', NULL, 'unique_key', NULL, 'requested_by', test.person(1),
    'request_id', '8ce8ea61-339d-42b7-afbe-e0938db6e381', 'traceparent', NULL, 'arguments', '{"do": "nothing"}'::jsonb,
    'errors', NULL))
FROM work.jobs AS j WHERE j.job_id = test.id('plain');
SELECT test.is_true('it is due at once', j.run_at <= clock_timestamp() AND j.run_at >= now())
FROM work.jobs AS j WHERE j.job_id = test.id('plain');

INSERT INTO ids VALUES ('stated', work.enqueue(
    'test.limited', queue => 'other', priority => -5, run_at => now() + interval '1 day', max_attempts => 7,
    timeout => '90 s', unique_key => 'one'));
SELECT test.equals('what the caller says instead', to_jsonb(j), to_jsonb(j) || jsonb_build_object(
    'queue', 'other', 'lane', 'test.limited', 'priority', -5, 'run_at', now() + interval '1 day', 'max_attempts', 7,
    'timeout_ms', 90000, 'unique_key', 'one', 'arguments', '{}'::jsonb))
FROM work.jobs AS j WHERE j.job_id = test.id('stated');

-- An equal one is written once while it waits, for each tenant and kind.
SELECT test.equals('the equal job', work.enqueue('test.limited', '{"a": 1}', unique_key => 'one'), test.id('stated'));
SELECT test.equals('its arguments stay', j.arguments, '{}'::jsonb) FROM work.jobs AS j WHERE j.job_id = test.id('stated');
SELECT test.is_true('another key', work.enqueue('test.limited', unique_key => 'two') <> test.id('stated'));
SELECT test.is_true('another kind', work.enqueue('test.labour', unique_key => 'one') <> test.id('stated'));
SELECT test.become_member(2);
SELECT test.is_true('another tenant', work.enqueue('test.limited', unique_key => 'one') <> test.id('stated'));
SELECT test.become_member(1);
RESET ROLE;
UPDATE work.jobs SET state = 'running' WHERE job_id = test.id('stated');
SELECT test.become_member(1);
SELECT test.is_true('one that runs is no longer the one that waits',
    work.enqueue('test.limited', unique_key => 'one') <> test.id('stated'));

-- What is out of its range is named, all of it at once.
SELECT test.raises($$SELECT work.enqueue('test.unheard_of')$$, '22023', 'there is no job kind "test.unheard_of"');
SELECT test.raises(format('SELECT work.enqueue(''test.labour'', %s)', w.argument), 'PT400', format('"field" : "%s"', w.field))
FROM (VALUES
    ('queue', 'queue => '''''), ('queue', 'queue => ''A'''), ('queue', 'queue => repeat(''a'', 41)'),
    ('priority', 'priority => 101'), ('priority', 'priority => -101'),
    ('unique_key', 'unique_key => '''''), ('unique_key', 'unique_key => repeat(''a'', 501)'),
    ('max_attempts', 'max_attempts => 0'), ('max_attempts', 'max_attempts => 101'),
    ('timeout', 'timeout => ''9 ms'''), ('timeout', 'timeout => ''1 day 1 second'''),
    ('arguments', 'arguments => ''[]'''), ('arguments', 'arguments => ''1'''),
    ('arguments', 'arguments => jsonb_build_object(''a'', (SELECT string_agg(md5(n::text), '''') FROM generate_series(1, 40000) AS n))'),
    ('arguments', 'queue => ''A'', arguments => ''[]''')
) AS w (field, argument);
SELECT test.is_true('a value at its bound', work.enqueue('test.labour', b.arguments, queue => b.queue, priority => b.priority,
    unique_key => b.unique_key, max_attempts => b.max_attempts, timeout => b.timeout) > 0)
FROM (VALUES
    ('{}'::jsonb, repeat('a', 40), 100, repeat('b', 500), 100, interval '1 day'),
    ('{}', 'a', -100, 'c', 1, interval '10 ms')
) AS b (arguments, queue, priority, unique_key, max_attempts, timeout);

-- Nobody gives jobs to others, but the installation.
SELECT test.raises($$SELECT work.enqueue('test.labour', tenant_id => test.tenant(2))$$, 'PT403', 'forbidden');
SELECT test.become_server();
SELECT test.raises($$SELECT work.enqueue('test.labour')$$, '42501');
RESET ROLE;
SELECT test.raises($$SELECT work.enqueue('test.labour', tenant_id => NULL)$$, '22023', 'a job of kind "test.labour" needs a tenant');
SELECT test.become_worker(1), set_config('request.tenant_id', work.system_tenant()::text, true);
SELECT test.is_true('the installation for a tenant', work.enqueue('test.labour', tenant_id => test.tenant(2)) > 0);

-- A tenant sees its own, and nobody changes a job past its functions.
SELECT test.become_member(2);
SELECT test.equals('jobs of others', count(*), 0) FROM work.all_jobs AS a WHERE a.tenant_id <> test.tenant(2);
SELECT test.is_true('jobs of its own', count(*) > 0) FROM work.all_jobs AS a WHERE a.tenant_id = test.tenant(2);
SELECT test.raises('UPDATE work.jobs SET priority = 1', '42501');
SELECT test.raises('DELETE FROM work.jobs', '42501');
SELECT test.raises('INSERT INTO work.job_cancels (tenant_id, job_id) VALUES (test.tenant(2), 1)', '42501');
SELECT test.become_anon();
SELECT test.raises('SELECT FROM work.all_jobs', '42501');
SELECT test.raises($$SELECT work.enqueue('test.labour')$$, '42501');
