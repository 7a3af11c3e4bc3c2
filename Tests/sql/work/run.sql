-- What becomes of a job that was claimed: it is done, tried again later, parked, or somebody else's by now.
\ir labour.psql
RESET ROLE;
-- Enqueues, claims and runs one job of tenant 1.
CREATE FUNCTION test.attempt(name text, kind text DEFAULT 'test.labour', arguments jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_attempt integer;
BEGIN
    IF test.id(attempt.name) IS NULL THEN
        PERFORM test.become_member(1);
        INSERT INTO pg_temp.ids VALUES (attempt.name, work.enqueue(attempt.kind, attempt.arguments, max_attempts => 3));
        PERFORM set_config('role', 'none', true);
    END IF;
    -- It alone is due, however long this test takes.
    UPDATE work.jobs AS j SET run_at = CASE j.job_id WHEN test.id(attempt.name) THEN clock_timestamp() ELSE 'infinity' END
    WHERE j.state = 'waiting';
    PERFORM test.claim(1);
    SELECT c.attempt INTO STRICT v_attempt FROM test.claimed AS c WHERE c.job_id = test.id(attempt.name);
    RETURN test.run(test.id(attempt.name), v_attempt);
END;
$$;
CREATE FUNCTION test.pause(name text) RETURNS interval LANGUAGE sql AS $$
    SELECT j.run_at - (j.errors -> -1 ->> 'at')::timestamptz FROM work.jobs AS j WHERE j.job_id = test.id(pause.name)
$$;
RESET ROLE;

SELECT test.equals('outcome', test.attempt('done', arguments => '{"do": "nothing"}'), 'completed');
SELECT test.equals('what is kept of it', to_jsonb(test.job(test.id('done'))),
    to_jsonb(test.job(test.id('done'))) || jsonb_build_object(
        'state', 'completed', 'attempt', 1, 'failures', 0, 'errors', NULL, 'requested_by', test.person(1),
        'result', jsonb_build_object('do', 'nothing', 'tenant', test.tenant(1), 'role', 'worker')));
SELECT test.is_true('its times are in order', j.enqueued_at <= j.started_at AND j.started_at <= j.finished_at)
FROM test.job(test.id('done')) AS j;
SELECT test.equals('it waits no more', count(*), 0) FROM work.jobs AS j WHERE j.job_id = test.id('done');
SELECT test.equals('the day it is forgotten', f.expires_on, (now() AT TIME ZONE 'UTC')::date + 8)
FROM work.finished_jobs AS f WHERE f.job_id = test.id('done');
SELECT test.equals('outcome', test.attempt('untraced', 'test.untraced'), 'completed');
SELECT test.is_true('nothing is kept of it', test.job(test.id('untraced')) IS NULL);

-- What is raised is kept, and tried again after pauses that double up to the longest; half of each is chance.
SELECT test.equals('outcome', test.attempt('bad', arguments => '{"do": "raise"}'), 'retrying');
SELECT test.is_true('the first pause', test.pause('bad') BETWEEN interval '5 s' AND interval '14 s');
SELECT test.equals('outcome', test.attempt('bad'), 'retrying');
SELECT test.is_true('the second pause', test.pause('bad') BETWEEN interval '10 s' AND interval '24 s');
SELECT test.equals('its errors', jsonb_agg(e - 'at'), '[{"attempt": 1, "code": "P0001", "message": "it cannot be done"},
    {"attempt": 2, "code": "P0001", "message": "it cannot be done"}]')
FROM jsonb_array_elements((test.job(test.id('bad'))).errors) AS e;
SELECT test.equals('outcome', test.attempt('bad'), 'failed');
SELECT test.equals('it is parked', ((test.job(test.id('bad'))).state, (test.job(test.id('bad'))).failures)::text, '(failed,3)');
SELECT test.equals('a parked job is not claimed', test.claim(10), 0);
UPDATE work.jobs SET max_attempts = 100, failures = 40, state = 'waiting' WHERE job_id = test.id('bad');
SELECT test.equals('outcome', test.attempt('bad'), 'retrying');
SELECT test.is_true('the longest pause', test.pause('bad') BETWEEN interval '12.5 s' AND interval '29 s');
SELECT test.is_true('pauses are not all the same', count(DISTINCT test.pause('bad')) > 3)
FROM generate_series(1, 6) AS n, LATERAL (SELECT test.attempt('bad') WHERE n > 0) AS a;
UPDATE work.jobs SET errors = (SELECT jsonb_agg(n) FROM generate_series(1, 20) AS n) WHERE job_id = test.id('bad');
SELECT test.equals('outcome', test.attempt('bad'), 'retrying');
SELECT test.equals('the last twenty errors', jsonb_array_length(j.errors)::text || (j.errors ->> 0) || (j.errors -> 19 ->> 'code'), '202P0001')
FROM work.jobs AS j WHERE j.job_id = test.id('bad');

-- Our own errors, and those that a handler of OTHERS would not catch.
SELECT test.equals('outcome', test.attempt('own', arguments => '{"do": "fail"}'), 'retrying');
SELECT test.equals('its error', j.errors #- '{0,at}', '[{"attempt": 1, "code": "not_found", "message": "What it is about is gone."}]')
FROM work.jobs AS j WHERE j.job_id = test.id('own');
SELECT test.equals('outcome', test.attempt('assert', arguments => '{"do": "assert"}'), 'retrying');
SELECT test.equals('its code', j.errors #>> '{0,code}', 'P0004') FROM work.jobs AS j WHERE j.job_id = test.id('assert');

-- A job that is stopped because its worker stops begins again, and one that asks for it does later: neither is a failure.
SELECT test.equals('outcome', test.attempt('stopped', arguments => '{"do": "cancel"}'), 'retrying');
SELECT test.equals('it counts as no failure', (j.failures, j.errors #>> '{0,code}', j.run_at <= clock_timestamp())::text, '(0,interrupted,t)')
FROM work.jobs AS j WHERE j.job_id = test.id('stopped');
DELETE FROM work.jobs WHERE job_id = test.id('stopped');
SELECT test.equals('outcome', test.attempt('tired', arguments => '{"do": "snooze"}'), 'retrying');
SELECT test.equals('it comes back when it said', (j.failures, j.errors #>> '{0,message}', date_trunc('minute', test.pause('tired') + interval '1 s'))::text,
    '(0,"not yet",01:00:00)')
FROM work.jobs AS j WHERE j.job_id = test.id('tired');
SELECT test.equals('outcome', test.attempt('hopeless', arguments => '{"do": "give_up"}'), 'failed');
SELECT test.equals('it is parked at once', ((test.job(test.id('hopeless'))).state, (test.job(test.id('hopeless'))).failures)::text, '(failed,1)');
DELETE FROM work.job_kinds WHERE kind = 'test.labour';
SELECT test.equals('a kind that is gone', test.attempt('orphan', 'test.untraced'), 'completed');
UPDATE work.jobs SET state = 'waiting' WHERE job_id = test.id('hopeless');
SELECT test.equals('outcome', test.attempt('hopeless'), 'failed');
SELECT test.equals('its error', j.errors #>> '{1,code}', 'unknown_kind') FROM work.jobs AS j WHERE j.job_id = test.id('hopeless');

-- What could not be recorded inside is recorded from outside, unless it is over.
DELETE FROM work.jobs;
SELECT test.become_member(1);
INSERT INTO ids VALUES ('late', work.enqueue('test.limited'));
SELECT test.claim(1);
SELECT test.become_server();
SELECT test.equals('an attempt that is not under way', api.fail_job(test.id('late'), 2, 'timeout', 'It took too long.'), 'lost');
SELECT test.equals('one that is', api.fail_job(test.id('late'), 1, 'timeout', 'It took too long.'), 'retrying');
SELECT test.equals('one that was', api.fail_job(test.id('late'), 1, 'timeout', 'It took too long.'), 'lost');
RESET ROLE;
SELECT test.equals('what it left', (j.state, j.failures, j.errors #>> '{0,code}')::text, '(waiting,1,timeout)')
FROM work.jobs AS j WHERE j.job_id = test.id('late');

-- An attempt of another, or another tenant's, cannot meddle.
SELECT test.wait();
SELECT test.claim(1);
SELECT test.equals('a stale attempt', test.run(test.id('late'), 1), 'lost');
SELECT test.equals('a neighbour', test.run(test.id('late'), 2, n => 2), 'lost');
SELECT test.equals('the job itself', test.run(test.id('late'), 2), 'completed');
SELECT test.equals('once more', test.run(test.id('late'), 2), 'lost');
SELECT test.become_worker(2);
SELECT test.raises(format('SELECT work.finish_job(%L::work.jobs, ''completed'', ''1 day'')',
    (ROW (test.tenant(1), 1, 'a', 'a', '', 0, 'running', now(), now(), 1, 0, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL)::work.jobs)::text), '42501');
SELECT test.raises(format('SELECT work.return_job(%L::work.jobs, ''a'', ''a'')',
    (ROW (test.tenant(1), 1, 'a', 'a', '', 0, 'running', now(), now(), 1, 0, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', NULL)::work.jobs)::text), '42501');

-- A failed attempt of a job of which an equal one has been enqueued meanwhile leaves the rest to that one.
SELECT test.become_member(1);
INSERT INTO ids VALUES ('first', work.enqueue('test.untraced', '{"do": "raise"}', unique_key => 'same'));
SELECT test.claim(1);
SELECT test.become_member(1);
INSERT INTO ids VALUES ('second', work.enqueue('test.untraced', '{"do": "nothing"}', unique_key => 'same'));
RESET ROLE;
SELECT test.equals('outcome', test.run(test.id('first'), 1), 'cancelled');
SELECT test.equals('what waits', array_agg(j.job_id), ARRAY[test.id('second')]) FROM work.jobs AS j WHERE j.unique_key = 'same';
