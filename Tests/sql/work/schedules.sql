-- Schedules: who may set them up, what is wrong with one, when they run, and that each run is enqueued once.
\ir labour.psql
RESET ROLE;
CREATE TEMPORARY TABLE plans (name text PRIMARY KEY, schedule_id bigint) ON COMMIT DROP;
GRANT ALL ON plans TO PUBLIC;
CREATE FUNCTION test.tick(max_count integer DEFAULT 500) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM test.become_server();
    v_count := api.run_due_schedules(tick.max_count);
    PERFORM set_config('role', 'none', true);
    RETURN v_count;
END;
$$;
-- As if so much time had passed for a schedule.
CREATE FUNCTION test.pass(name text, span interval) RETURNS void LANGUAGE sql AS $$
    UPDATE work.schedule_clocks AS c SET next_run_at = work.cron_next(s.expression, s.time_zone, clock_timestamp() - pass.span)
    FROM work.schedules AS s, pg_temp.plans AS p
    WHERE s.schedule_id = c.schedule_id AND s.schedule_id = p.schedule_id AND p.name = pass.name
$$;
-- Those of the installation are another matter, further down.
CREATE TEMPORARY TABLE installed ON COMMIT DROP AS SELECT s.* FROM work.schedules AS s;
UPDATE work.schedule_clocks SET next_run_at = 'infinity';

-- Who may not, may not; everything that is wrong is named.
SELECT test.become_member(1);
SELECT test.raises($$SELECT work.schedule('a', '@daily', 'test.labour')$$, 'PT403', 'forbidden');
SELECT test.raises($$SELECT work.unschedule(1)$$, 'PT403', 'forbidden');
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT test.raises(format('SELECT work.schedule(%s)', w.arguments), 'PT400', format('"field" : "%s"', w.field))
FROM (VALUES
    ('name', $$'', '@daily', 'test.labour'$$), ('name', $$repeat('a', 201), '@daily', 'test.labour'$$),
    ('name', $$NULL, '@daily', 'test.labour'$$),
    ('expression', $$'a', '@never', 'test.labour'$$), ('expression', $$'a', NULL, 'test.labour'$$),
    ('kind', $$'a', '@daily', 'test.unheard_of'$$), ('kind', $$'a', '@daily', NULL$$),
    ('time_zone', $$'a', '@daily', 'test.labour', time_zone => 'Europe/Atlantis'$$),
    ('time_zone', $$'a', '@daily', 'test.labour', time_zone => 'Atlantis3'$$),
    ('time_zone', $$'a', '@daily', 'test.labour', time_zone => ''$$),
    ('time_zone', $$'a', '@daily', 'test.labour', time_zone => NULL$$),
    ('arguments', $$'a', '@daily', 'test.labour', '[]'$$), ('priority', $$'a', '@daily', 'test.labour', priority => 101$$),
    ('queue', $$'a', '@daily', 'test.labour', queue => 'A'$$), ('priority', $$'', '@never', 'test.labour', priority => 101$$)
) AS w (field, arguments);
SELECT test.raises($$SELECT work.schedule('a', '61 * * * *', 'test.labour')$$, 'PT400', 'minute: 61 is out of range, which is 0 to 59.');
SELECT test.raises($$SELECT work.schedule('a', '@daily', 'test.labour', tenant_id => test.tenant(2))$$, 'PT403', 'forbidden');

INSERT INTO plans VALUES ('hourly', work.schedule('hourly', '@hourly', 'test.labour', '{"do": "nothing"}', priority => 7));
SELECT test.equals('when it runs next', c.next_run_at, date_trunc('hour', clock_timestamp()) + interval '1 hour')
FROM work.schedule_clocks AS c JOIN plans AS p USING (schedule_id) WHERE p.name = 'hourly';
INSERT INTO plans VALUES ('each', work.schedule('each', '@hourly', 'test.untraced', time_zone => 'Europe/Berlin', catch_up => true, queue => 'other'));
INSERT INTO plans VALUES ('off', work.schedule('off', '@hourly', 'test.labour', is_active => false));
SELECT test.equals('one that is off', c.next_run_at, NULL) FROM work.schedule_clocks AS c JOIN plans AS p USING (schedule_id) WHERE p.name = 'off';
SELECT test.equals('the same name is the same schedule', work.schedule('hourly', '0 * * * *', 'test.labour', '{"do": "nothing"}', priority => 7), p.schedule_id)
FROM plans AS p WHERE p.name = 'hourly';

-- Nothing is due, then one run is, once.
SELECT test.equals('runs', test.tick(), 0);
SELECT test.pass('hourly', '1 hour');
SELECT test.equals('runs', test.tick(), 1);
SELECT test.equals('runs', test.tick(), 0);
SELECT test.equals('its job', jsonb_build_array(j.tenant_id, j.kind, j.queue, j.priority, j.arguments), jsonb_build_array(
    test.tenant(1), 'test.labour', 'test', 7, jsonb_build_object('do', 'nothing', 'schedule', jsonb_build_object(
        'name', 'hourly', 'run_at', date_trunc('hour', clock_timestamp())))))
FROM work.jobs AS j WHERE j.queue = 'test';
SELECT test.equals('what is written down', (c.last_job_id = j.job_id, c.last_run_at, c.next_run_at, c.error)::text,
    (true, date_trunc('hour', clock_timestamp()), date_trunc('hour', clock_timestamp()) + interval '1 hour', NULL::text)::text)
FROM work.schedule_clocks AS c JOIN plans AS p USING (schedule_id), work.jobs AS j WHERE p.name = 'hourly' AND j.queue = 'test';

-- A day that was missed: one run for all of it, and none besides one that still waits; or each.
SELECT test.pass('hourly', '1 day');
SELECT test.equals('runs', test.tick(), 1);
SELECT test.equals('jobs', count(*), 1) FROM work.jobs AS j WHERE j.queue = 'test';
DELETE FROM work.jobs WHERE queue = 'test';
SELECT test.pass('hourly', '1 day');
SELECT test.equals('runs', test.tick(), 1);
SELECT test.equals('jobs', count(*), 1) FROM work.jobs AS j WHERE j.queue = 'test';
SELECT test.pass('each', '6 hours');
SELECT test.equals('runs', test.tick(4), 4);
SELECT test.equals('the others', test.tick(), 2);
SELECT test.equals('runs', test.tick(), 0);
SELECT test.equals('a job for each time', array_agg(j.arguments #>> '{schedule,run_at}' ORDER BY j.job_id), array_agg(to_jsonb(t) #>> '{}' ORDER BY t))
FROM (SELECT j.*, row_number() OVER (ORDER BY j.job_id) AS nth FROM work.jobs AS j WHERE j.queue = 'other') AS j
FULL JOIN (
    SELECT t, row_number() OVER (ORDER BY t) AS nth
    FROM generate_series(date_trunc('hour', clock_timestamp()) - interval '5 hours', clock_timestamp(), '1 hour') AS t
    ) AS t USING (nth);
-- A run that was undone, or is told of twice, is not enqueued twice.
SELECT test.pass('each', '6 hours');
SELECT test.tick();
SELECT test.equals('jobs', count(*), 6) FROM work.jobs AS j WHERE j.queue = 'other';

-- One that cannot run says why, and holds up no other.
DELETE FROM work.jobs WHERE queue = 'test';
DELETE FROM work.job_kinds WHERE kind = 'test.untraced';
SELECT test.pass('each', '2 hours'), test.pass('hourly', '1 hour');
SELECT test.equals('runs', test.tick(), 2);
SELECT test.equals('jobs', count(*), 1) FROM work.jobs AS j WHERE j.queue = 'test';
SELECT test.equals('what it says', (c.error, c.next_run_at > clock_timestamp())::text, '("there is no job kind ""test.untraced""",t)')
FROM work.schedule_clocks AS c JOIN plans AS p USING (schedule_id) WHERE p.name = 'each';

-- Each tenant has its own, and no more than it may.
SELECT test.become_member(2, permissions => '{jobs.manage}');
SELECT test.equals('schedules of others', count(*), 0) FROM work.schedules;
SELECT test.equals('clocks of others', count(*), 0) FROM work.schedule_clocks;
SELECT test.raises(format('SELECT work.unschedule(%s)', p.schedule_id), 'PT404', 'not_found') FROM plans AS p;
SELECT test.is_true('the same name is free', work.schedule('hourly', '@hourly', 'test.labour') <> p.schedule_id) FROM plans AS p WHERE p.name = 'hourly';
RESET ROLE;
UPDATE core.settings SET value = '1' WHERE name = 'work.schedules_max';
SELECT test.become_member(2, permissions => '{jobs.manage}');
SELECT test.raises($$SELECT work.schedule('second', '@hourly', 'test.labour')$$, 'PT409', 'schedules_limit');
SELECT test.is_true('the one there is can be changed', work.schedule('hourly', '@daily', 'test.labour') > 0);
SELECT test.become_member(1, permissions => '{jobs.manage}');
SELECT work.unschedule(p.schedule_id) FROM plans AS p;
SELECT test.equals('nothing is left', count(*), 0) FROM work.schedule_clocks;

-- What the installation sees to by itself: declared by files, of kinds that there are, of nobody's tenant.
RESET ROLE;
SELECT test.is_true('the schedules of the installation', array_agg(i.kind) @>
    '{data.discover_all,data.refresh_summaries,data.unify_all,work.maintain_events,work.maintain_jobs,work.sweep_idempotency_keys,work.trim_webhook_deliveries}'::text[])
FROM installed AS i WHERE i.tenant_id = work.system_tenant() AND i.declared_in IS NOT NULL AND i.is_active;
UPDATE work.schedule_clocks SET next_run_at = clock_timestamp();
DELETE FROM work.jobs;
SELECT test.is_true('they are enqueued', test.tick() >= 5);
SELECT set_config('test.outcomes', '', true);
DO $$
DECLARE
    v_job record;
BEGIN
    PERFORM test.become_server();
    FOR v_job IN SELECT c.* FROM api.claim_jobs(test.person(9, 1), 'default', 100, '30 s') AS c LOOP
        PERFORM test.become_server(), set_config('request.tenant_id', v_job.tenant_id::text, true), set_config('role', 'worker', true);
        IF v_job.tenant_id = work.system_tenant() THEN
            PERFORM set_config('test.outcomes', current_setting('test.outcomes') || api.run_job(v_job.job_id, v_job.attempt) || ' ', true);
        END IF;
    END LOOP;
END;
$$;
RESET ROLE;
SELECT test.equals('and done', current_setting('test.outcomes'), repeat('completed ', (
    SELECT count(*) FROM installed AS i WHERE i.tenant_id = work.system_tenant() AND i.declared_in IS NOT NULL AND i.is_active)::int));
SELECT test.equals('days for which finished jobs have partitions', count(*), 16)
FROM pg_inherits AS i WHERE i.inhparent = 'work.finished_jobs'::regclass AND i.inhrelid <> 'work.finished_jobs_default'::regclass;

-- What was kept for as long as its kind says is gone, with its partition or from the one that holds the rest.
INSERT INTO work.finished_jobs (tenant_id, job_id, expires_on, kind, queue, priority, state, run_at, enqueued_at, finished_at,
    attempt, failures, max_attempts, arguments)
SELECT test.tenant(1), n, (now() AT TIME ZONE 'UTC')::date + d, 'test.labour', 'test', 0, 'completed', now(), now(), now(), 1, 0, 1, '{}'
FROM (VALUES (1, 0), (2, 1), (3, 300)) AS v (n, d);
SELECT work.create_finished_partition((now() AT TIME ZONE 'UTC')::date), work.create_finished_partition((now() AT TIME ZONE 'UTC')::date + 300);
SELECT test.equals('what moved to its partition', f.tableoid::regclass::text, to_char((now() AT TIME ZONE 'UTC')::date + 300, '"work.finished_jobs_"YYYYMMDD'))
FROM work.finished_jobs AS f WHERE f.job_id = 3;
INSERT INTO work.job_progress VALUES (test.tenant(1), 1, '{}', now() - interval '2 hours'), (test.tenant(1), 2, '{}', now());
SELECT test.become_worker(1);
SELECT test.equals('what is done', work.maintain_jobs('{}'), '{"created": 0, "dropped": 1, "removed": 1}');
RESET ROLE;
SELECT test.equals('what is left', array_agg(f.job_id ORDER BY f.job_id), '{2,3}'::bigint[]) FROM work.finished_jobs AS f WHERE f.job_id < 10 AND f.kind = 'test.labour';
