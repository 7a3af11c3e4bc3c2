-- Jobs: what is to be done in the background, by whom it is being done, and what has become of it.
--
-- A job is written in the transaction of the business that wants it, lives in work.jobs while it waits, runs or is
-- parked, and leaves for work.finished_jobs in the transaction that did it. Three row versions: written, claimed, gone.

CREATE TYPE work.job_state AS ENUM ('waiting', 'running', 'completed', 'failed', 'cancelled');
COMMENT ON TYPE work.job_state IS 'failed: given up after its last attempt, and parked until a person decides.';
CREATE TYPE work.effect AS ENUM ('function', 'http', 'mail');
COMMENT ON TYPE work.effect IS 'Who does a job: an SQL function, or the server by an HTTP request or a mail.';

-- Jobs of the installation itself belong to a tenant that nobody can be a member of. It has no row in auth.tenants.
CREATE FUNCTION work.system_tenant()
RETURNS uuid LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN '00000000-0000-4000-8000-000000000001'::uuid;
COMMENT ON FUNCTION work.system_tenant() IS 'The tenant of the jobs and schedules of the installation itself.';
GRANT EXECUTE ON FUNCTION work.system_tenant() TO member, worker, bi_owner;

CREATE TABLE work.job_kinds (
    kind               text        NOT NULL,
    function_name      text        NULL,
    queue              text        NOT NULL,
    effect             work.effect NOT NULL,
    max_attempts       integer     NOT NULL,
    timeout            interval    NOT NULL,
    tenant_concurrency integer     NULL,
    backoff_first      interval    NOT NULL,
    backoff_longest    interval    NOT NULL,
    keep               interval    NOT NULL,
    declared_in        text        NOT NULL,
    declared_xid       xid8        NOT NULL,

    CONSTRAINT job_kinds_pkey                     PRIMARY KEY (kind),
    CONSTRAINT job_kinds_kind_check               CHECK (kind ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$' AND char_length(kind) <= 100),
    CONSTRAINT job_kinds_queue_check              CHECK (queue ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT job_kinds_function_name_check      CHECK (effect <> 'function' OR function_name IS NOT NULL),
    CONSTRAINT job_kinds_max_attempts_check       CHECK (max_attempts >= 1 AND max_attempts <= 100),
    CONSTRAINT job_kinds_timeout_check            CHECK (timeout >= interval '10 ms' AND timeout <= interval '1 day'),
    CONSTRAINT job_kinds_tenant_concurrency_check CHECK (tenant_concurrency >= 1 AND tenant_concurrency <= 1000),
    CONSTRAINT job_kinds_backoff_check            CHECK (
        backoff_first >= interval '10 ms' AND backoff_first <= backoff_longest AND backoff_longest <= interval '30 days'),
    CONSTRAINT job_kinds_keep_check               CHECK (keep >= interval '0' AND keep <= interval '3660 days')
);
COMMENT ON TABLE work.job_kinds IS 'What kinds of jobs there are and how they are done. Declared beside their functions.';
COMMENT ON COLUMN work.job_kinds.tenant_concurrency IS 'Most jobs of the kind that run at a time for one tenant; NULL: as many as there are workers.';
COMMENT ON COLUMN work.job_kinds.keep IS 'How long a finished job can be looked at; 0: it leaves no trace.';
COMMENT ON CONSTRAINT job_kinds_kind_check ON work.job_kinds IS 'A kind is written in lower case, with dots between its words.';
COMMENT ON CONSTRAINT job_kinds_queue_check ON work.job_kinds IS 'A queue is 1 to 40 lower-case letters, digits and underscores.';
COMMENT ON CONSTRAINT job_kinds_function_name_check ON work.job_kinds IS 'Only an effect may do without a function.';
COMMENT ON CONSTRAINT job_kinds_max_attempts_check ON work.job_kinds IS 'A job is tried 1 to 100 times.';
COMMENT ON CONSTRAINT job_kinds_timeout_check ON work.job_kinds IS 'A timeout is 10 milliseconds to a day.';
COMMENT ON CONSTRAINT job_kinds_tenant_concurrency_check ON work.job_kinds IS 'A tenant may run 1 to 1000 jobs of a kind at a time.';
COMMENT ON CONSTRAINT job_kinds_backoff_check ON work.job_kinds IS 'Pauses grow from at least 10 milliseconds to at most 30 days.';
COMMENT ON CONSTRAINT job_kinds_keep_check ON work.job_kinds IS 'A finished job is kept from no time to ten years.';

-- Two things are missing on purpose. A foreign key to auth.tenants: each job would lock its tenant's row, and all
-- writers of a tenant would meet there. And checks: PostgreSQL reads their expressions anew for every statement, which
-- made up half of the cost of writing a job. work.enqueue() is the only door and checks instead.
CREATE TABLE work.jobs (
    tenant_id    uuid           NOT NULL,
    job_id       bigint         GENERATED ALWAYS AS IDENTITY,
    kind         text           NOT NULL,
    queue        text           NOT NULL,
    lane         text           NOT NULL DEFAULT '',
    priority     smallint       NOT NULL DEFAULT 0,
    state        work.job_state NOT NULL DEFAULT 'waiting',
    run_at       timestamptz    NOT NULL,
    enqueued_at  timestamptz    NOT NULL,
    attempt      integer        NOT NULL DEFAULT 0,
    failures     integer        NOT NULL DEFAULT 0,
    max_attempts integer        NOT NULL,
    timeout_ms   integer        NOT NULL,
    worker_id    uuid           NULL,
    started_at   timestamptz    NULL,
    lease_until  timestamptz    NULL,
    unique_key   text           NULL,
    requested_by uuid           NULL,
    request_id   text           NULL,
    traceparent  text           NULL,
    arguments    jsonb          NOT NULL,
    errors       jsonb          NULL,

    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, job_id)
)
-- The rows are few and change all the time: vacuum soon and without pauses, and leave a little room.
WITH (
    fillfactor = 90, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0.1, autovacuum_analyze_threshold = 5000
);
COMMENT ON TABLE work.jobs IS 'Jobs that wait, run or are parked. What is finished is in work.finished_jobs.';
COMMENT ON COLUMN work.jobs.lane IS 'The kind, where the jobs of it that a tenant may run at a time are limited; else empty. Lanes are claimed from separately, so that one that is full holds up no other.';
COMMENT ON COLUMN work.jobs.priority IS 'A tenant''s jobs of a lower number come first.';
COMMENT ON COLUMN work.jobs.attempt IS 'How often it was claimed. Whoever works on it states it, so that an earlier worker cannot meddle.';
COMMENT ON COLUMN work.jobs.failures IS 'How many attempts count against max_attempts.';
COMMENT ON COLUMN work.jobs.errors IS 'The last twenty failed attempts: {attempt, at, code, message, detail}.';

-- What a claim goes through: tenant by tenant, within a tenant by priority.
CREATE INDEX jobs_ready_idx   ON work.jobs (queue, tenant_id, priority, lane, run_at, job_id) WHERE state = 'waiting';
-- When the next is due, of those that are limited and of the others.
CREATE INDEX jobs_due_idx         ON work.jobs (queue, run_at) WHERE state = 'waiting' AND lane = '';
CREATE INDEX jobs_due_limited_idx ON work.jobs (queue, run_at) WHERE state = 'waiting' AND lane <> '';
-- Those that run: by id, by the end of their lease, and by the limit they count against.
CREATE INDEX jobs_running_idx ON work.jobs (job_id) WHERE state = 'running';
CREATE INDEX jobs_lease_idx   ON work.jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_limited_idx ON work.jobs (tenant_id, lane) WHERE state = 'running' AND lane <> '';
CREATE INDEX jobs_parked_idx  ON work.jobs (kind, tenant_id, job_id) WHERE state = 'failed';
CREATE UNIQUE INDEX jobs_unique_key ON work.jobs (tenant_id, kind, unique_key)
    WHERE state = 'waiting' AND unique_key IS NOT NULL;
COMMENT ON INDEX work.jobs_unique_key IS 'Such a job waits already.';

-- A partition holds what may be forgotten on the same day, so that forgetting is dropping.
CREATE TABLE work.finished_jobs (
    tenant_id    uuid           NOT NULL,
    job_id       bigint         NOT NULL,
    expires_on   date           NOT NULL,
    kind         text           NOT NULL,
    queue        text           NOT NULL,
    priority     smallint       NOT NULL,
    state        work.job_state NOT NULL,
    run_at       timestamptz    NOT NULL,
    enqueued_at  timestamptz    NOT NULL,
    started_at   timestamptz    NULL,
    finished_at  timestamptz    NOT NULL,
    attempt      integer        NOT NULL,
    failures     integer        NOT NULL,
    max_attempts integer        NOT NULL,
    unique_key   text           NULL,
    requested_by uuid           NULL,
    request_id   text           NULL,
    traceparent  text           NULL,
    arguments    jsonb          NOT NULL,
    result       jsonb          NULL,
    errors       jsonb          NULL,

    CONSTRAINT finished_jobs_pkey PRIMARY KEY (tenant_id, job_id, expires_on)
) PARTITION BY RANGE (expires_on);
COMMENT ON TABLE work.finished_jobs IS 'Jobs that were done or cancelled, until the day they are forgotten.';
COMMENT ON COLUMN work.finished_jobs.expires_on IS 'The day, in UTC, whose partition it is in: it is dropped when that day begins.';

-- Catches what no partition is there for yet, so that no job ever fails for want of one.
CREATE TABLE work.finished_jobs_default PARTITION OF work.finished_jobs DEFAULT;

CREATE TABLE work.job_progress (
    tenant_id   uuid        NOT NULL,
    job_id      bigint      NOT NULL,
    progress    jsonb       NOT NULL,
    reported_at timestamptz NOT NULL,

    CONSTRAINT job_progress_pkey           PRIMARY KEY (tenant_id, job_id),
    CONSTRAINT job_progress_progress_check CHECK (jsonb_typeof(progress) = 'object' AND pg_column_size(progress) <= 65536)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE work.job_progress IS
    'What a job has last said of itself. Apart from the job, whose row the running transaction holds locked.';
COMMENT ON CONSTRAINT job_progress_progress_check ON work.job_progress IS 'Progress is a JSON object of at most 64 KiB.';

CREATE TABLE work.job_cancels (
    tenant_id    uuid        NOT NULL,
    job_id       bigint      NOT NULL,
    requested_by uuid        NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT job_cancels_pkey PRIMARY KEY (tenant_id, job_id)
);
COMMENT ON TABLE work.job_cancels IS 'Running jobs that somebody wants to end. Their worker hears of it when it extends their leases.';

DO $$
DECLARE
    v_relation text;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY['jobs', 'finished_jobs', 'finished_jobs_default', 'job_progress', 'job_cancels'] LOOP
        EXECUTE format('ALTER TABLE work.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_relation);
        CONTINUE WHEN v_relation = 'finished_jobs_default';
        -- The engine's functions serve every tenant.
        EXECUTE format('CREATE POLICY %I ON work.%I TO pgserver_owner USING (true) WITH CHECK (true)',
            v_relation || '_owner', v_relation);
        EXECUTE format('CREATE POLICY %I ON work.%I FOR SELECT TO member, worker USING (tenant_id = (SELECT auth.tenant_id()))',
            v_relation || '_tenant', v_relation);
        EXECUTE format('CREATE POLICY %I ON work.%I FOR SELECT TO bi_owner USING (tenant_id = (SELECT auth.bi_tenant_id()))',
            v_relation || '_bi', v_relation);
        EXECUTE format('GRANT SELECT ON work.%I TO member, worker, bi_owner', v_relation);
    END LOOP;
END;
$$;
GRANT SELECT ON work.job_kinds TO member, worker, bi_owner;
COMMENT ON SCHEMA work IS 'Jobs, schedules and effects outside.';

CREATE TYPE work.claimable_lane AS (tenant_id uuid, priority smallint, lane text, first_due_at timestamptz);
COMMENT ON TYPE work.claimable_lane IS
    'Jobs of a tenant that may be claimed: of one priority and, where limited, of one kind. None is due before first_due_at.';

-- Unlogged: it can be found out again at any time.
CREATE UNLOGGED TABLE work.claim_hints (
    queue         text                  NOT NULL,
    enumerated_at timestamptz           NOT NULL,
    walked        bigint                NOT NULL,
    looked_at     timestamptz           NOT NULL,
    lanes         work.claimable_lane[] NOT NULL,

    CONSTRAINT claim_hints_pkey PRIMARY KEY (queue)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
COMMENT ON TABLE work.claim_hints IS
    'For queues in which looking for lanes has become dear, because an old snapshot keeps rows that are long gone: where jobs waited when we last looked.';
COMMENT ON COLUMN work.claim_hints.enumerated_at IS 'When all lanes were looked for.';
COMMENT ON COLUMN work.claim_hints.walked IS 'How many entries of the index that led over. It is done again after a pause for each of them.';
COMMENT ON COLUMN work.claim_hints.looked_at IS 'Up to when jobs that became due have been added to the lanes.';
