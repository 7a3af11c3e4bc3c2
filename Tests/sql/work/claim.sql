-- Who is served when: tenants in turn, priorities within a tenant, limits of a kind, and only what is due.
\ir labour.psql
RESET ROLE;
CREATE FUNCTION test.enqueue(n integer, count integer, tag text, kind text DEFAULT 'test.labour', priority integer DEFAULT 0)
RETURNS void LANGUAGE sql AS $$
    SELECT work.enqueue(enqueue.kind, jsonb_build_object('do', 'nothing', 'tag', enqueue.tag || i), priority => enqueue.priority,
        tenant_id => test.tenant(enqueue.n))
    FROM generate_series(1, enqueue.count) AS i
$$;
CREATE FUNCTION test.tags() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT string_agg(j.arguments ->> 'tag', ' ' ORDER BY c.nth) FROM test.claimed AS c JOIN work.jobs AS j USING (tenant_id, job_id)
$$;
RESET ROLE;
SELECT set_config('request.tenant_id', '', true);
-- The tenant that a connection served last is where its next claim goes on.
SELECT set_config('work_cursor.test', test.tenant(1)::text, false);

-- One each before anybody gets a second, and then from the next tenant on.
SELECT test.enqueue(1, 100, 'a'), test.enqueue(2, 3, 'b');
SELECT test.equals('jobs claimed', test.claim(5), 5);
SELECT test.equals('the order of the first claim', test.tags(), 'b1 a1 b2 a2 b3');
SELECT test.equals('jobs claimed', test.claim(3), 3);
SELECT test.equals('it goes on after the tenant with which it ended', test.tags(), 'a3 a4 a5');
SELECT test.enqueue(2, 1, 'c');
SELECT test.equals('jobs claimed', test.claim(1), 1);
SELECT test.equals('the one of the other tenant, past ninety that waited before it', test.tags(), 'c1');
SELECT test.equals('no more than there are', test.claim(1000), 95);
SELECT test.equals('nothing is left', test.claim(10), 0);

-- What a claim writes down.
SELECT test.equals('attempts, workers and leases', array_agg(DISTINCT (j.attempt, j.state, j.worker_id, j.lease_until - j.started_at)::text),
    ARRAY[format('(1,running,%s,00:00:30)', test.person(9, 1))])
FROM work.jobs AS j WHERE j.queue = 'test';

-- Lower priority numbers come first, whatever was written first; others' jobs are none of its business.
DELETE FROM work.jobs;
SELECT test.enqueue(1, 2, 'late', priority => 10), test.enqueue(1, 2, 'soon', priority => -10), test.enqueue(1, 2, 'mid');
SELECT test.equals('jobs claimed', test.claim(6), 6);
SELECT test.equals('the order of priorities', test.tags(), 'soon1 soon2 mid1 mid2 late1 late2');

-- A queue is its workers' alone, and what is not due waits.
DELETE FROM work.jobs;
SELECT work.enqueue('test.labour', run_at => now() + interval '1 hour', tenant_id => test.tenant(1)),
    work.enqueue('test.labour', queue => 'other', tenant_id => test.tenant(1));
SELECT test.equals('jobs claimed', test.claim(10), 0);
SELECT test.equals('of the other queue', test.claim(10, queue => 'other'), 1);
SELECT test.become_server();
SELECT test.equals('when the next is due', api.next_job_at('test'), now() + interval '1 hour');
SELECT test.equals('nothing is', api.next_job_at('none'), NULL);
RESET ROLE;
SELECT test.wait();
SELECT test.equals('jobs claimed', test.claim(10), 1);

-- A limited kind runs so many times for a tenant, over all workers, and holds up no other kind.
DELETE FROM work.jobs;
SELECT test.enqueue(1, 5, 'a', 'test.limited'), test.enqueue(2, 1, 'b', 'test.limited'), test.enqueue(1, 2, 'c');
SELECT test.equals('jobs claimed', test.claim(10), 5);
SELECT test.equals('two of the limited kind of tenant 1', string_agg(c.n, ' ' ORDER BY c.n), 'a1 a2 b1 c1 c2')
FROM (SELECT j.arguments ->> 'tag' AS n FROM test.claimed AS k JOIN work.jobs AS j USING (tenant_id, job_id)) AS c;
SELECT test.equals('the lane is full', test.claim(10, 2), 0);
SELECT test.become_server();
SELECT test.is_true('one looks again soon all the same', api.next_job_at('test') <= clock_timestamp() + interval '1 s');
RESET ROLE;
SELECT test.equals('one of them ends', test.run(j.job_id, 1), 'completed') FROM work.jobs AS j WHERE j.arguments ->> 'tag' = 'a2';
SELECT test.equals('one has room', test.claim(10, 2), 1);
SELECT test.equals('the next in line', test.tags(), 'a3');
-- Jobs that waited when their kind was limited, or no longer is, follow it.
DELETE FROM work.jobs;
SELECT test.enqueue(1, 3, 'a');
SELECT work.job_kind('test.labour', 'test.labour', queue => 'test', tenant_concurrency => 1);
SELECT test.equals('the new limit', test.claim(10), 1);
SELECT work.job_kind('test.labour', 'test.labour', queue => 'test');
SELECT test.equals('no limit', test.claim(10), 2);

-- An effect is handed over with its arguments, and with what a receiver tells a repetition by.
DELETE FROM work.jobs;
SELECT work.enqueue('test.effect', '{"url": "https://a.test/"}', tenant_id => test.tenant(1));
SELECT test.equals('jobs claimed', test.claim(1), 1);
SELECT test.equals('its arguments', c.arguments, jsonb_build_object('url', 'https://a.test/', 'idempotency_key', 'job-' || c.job_id))
FROM test.claimed AS c;

-- Where looking for lanes is dear, lanes are remembered: what became due since is added to them.
DELETE FROM work.jobs;
SELECT test.enqueue(1, 2, 'a');
INSERT INTO work.claim_hints (queue, enumerated_at, walked, looked_at, lanes)
SELECT 'test', clock_timestamp(), 1000000000, clock_timestamp(),
    ARRAY(SELECT ROW (j.tenant_id, j.priority, j.lane, j.run_at)::work.claimable_lane FROM work.jobs AS j ORDER BY j.run_at LIMIT 1);
SELECT test.enqueue(2, 1, 'b'), test.enqueue(2, 3, 'c', 'test.limited');
SELECT test.equals('jobs claimed', test.claim(10), 5);
SELECT test.equals('from remembered lanes and new ones', string_agg(c.n, ' ' ORDER BY c.n), 'a1 a2 b1 c1 c2')
FROM (SELECT j.arguments ->> 'tag' AS n FROM test.claimed AS k JOIN work.jobs AS j USING (tenant_id, job_id)) AS c;
SELECT test.equals('the lane is full', test.claim(10), 0);
-- What was missed is found when all lanes are looked for again.
SELECT test.enqueue(1, 1, 'd');
UPDATE work.jobs SET run_at = now() - interval '1 hour' WHERE arguments ->> 'tag' = 'd1';
SELECT test.equals('not yet', test.claim(10), 0);
-- Looking has become cheap again: nothing is remembered any more.
UPDATE work.claim_hints SET walked = 0, enumerated_at = '-infinity' WHERE queue = 'test';
DELETE FROM work.jobs WHERE state = 'running';
SELECT test.equals('jobs claimed', test.claim(10), 2);
SELECT test.equals('hints', count(*), 0) FROM work.claim_hints AS h WHERE h.queue = 'test';

-- What is looked at does not grow with what waits: entries of any index, and rows of the table without one. In a queue of
-- its own, since the entries of other tests that run at the same time, though never seen, would be walked over too.
DELETE FROM work.jobs;
CREATE FUNCTION test.walked() RETURNS bigint LANGUAGE sql AS $$
    SELECT sum(pg_stat_get_xact_tuples_returned(r.oid))::bigint FROM (
        SELECT 'work.jobs'::regclass::oid UNION ALL SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = 'work.jobs'::regclass
    ) AS r (oid)
$$;
CREATE TABLE test.walks (what text, waiting integer, entries bigint);
GRANT ALL ON test.walks TO PUBLIC;
DO $$
DECLARE
    v_waiting integer;
    v_before  bigint;
    v_job     work.jobs;
BEGIN
    FOREACH v_waiting IN ARRAY '{50,2000}'::integer[] LOOP
        PERFORM work.enqueue(
            CASE WHEN n < 2 THEN 'test.labour' ELSE 'test.limited' END, '{"do": "nothing"}', queue => 'walks',
            tenant_id => test.tenant(1 + n % 2))
        FROM generate_series(0, 3) AS n CROSS JOIN generate_series(1, v_waiting / 4);
        v_before := test.walked();
        PERFORM api.next_job_at('walks');
        INSERT INTO test.walks VALUES ('look', v_waiting, test.walked() - v_before);
        v_before := test.walked();
        PERFORM count(*) FROM api.claim_jobs(test.person(9), 'walks', 10, '30 s');
        INSERT INTO test.walks VALUES ('claim', v_waiting, test.walked() - v_before);
        SELECT * INTO v_job FROM work.jobs AS j WHERE j.state = 'running' LIMIT 1;
        PERFORM set_config('request.tenant_id', v_job.tenant_id::text, true);
        v_before := test.walked();
        PERFORM work.take_job(v_job.job_id, v_job.attempt);
        PERFORM set_config('request.tenant_id', '', true);
        INSERT INTO test.walks VALUES ('take', v_waiting, test.walked() - v_before);
        DELETE FROM work.jobs WHERE state = 'running';
    END LOOP;
END;
$$;
-- (Entries of rows that are gone are walked over until the transaction ends, here and there alike.)
SELECT test.is_true(format('%s walks over %s at 50 waiting, over %s at 2000', f.what, f.entries, m.entries), m.entries < f.entries + 200)
FROM test.walks AS f JOIN test.walks AS m USING (what) WHERE f.waiting = 50 AND m.waiting = 2000;

SELECT test.become_server();
SELECT test.raises($$SELECT api.claim_jobs(test.person(9), 'test', 0, '1 s')$$, '22023');
SELECT test.raises($$SELECT api.claim_jobs(test.person(9), 'test', 1, '0')$$, '22023');
SELECT test.become_worker(1);
SELECT test.raises($$SELECT api.claim_jobs(test.person(9), 'test', 1, '1 s')$$, '42501');
