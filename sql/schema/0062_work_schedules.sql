-- Schedules: when jobs are enqueued by themselves.

CREATE TYPE work.cron_fields AS (
    minutes integer[], hours integer[], days integer[], months integer[], weekdays integer[],
    is_any_day boolean, is_any_weekday boolean);
COMMENT ON TYPE work.cron_fields IS
    'A cron expression as the numbers that each of its fields allows; Sunday is 0. A day field of * leaves the other to decide.';

CREATE TABLE work.schedules (
    tenant_id    uuid        NOT NULL,
    schedule_id  bigint      GENERATED ALWAYS AS IDENTITY,
    name         text        NOT NULL,
    expression   text        NOT NULL,
    time_zone    text        NOT NULL DEFAULT 'UTC',
    kind         text        NOT NULL,
    arguments    jsonb       NOT NULL DEFAULT '{}',
    queue        text        NULL,
    priority     smallint    NOT NULL DEFAULT 0,
    catch_up     boolean     NOT NULL DEFAULT false,
    is_active    boolean     NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    declared_in  text        NULL,
    declared_xid xid8        NULL,

    CONSTRAINT schedules_pkey            PRIMARY KEY (tenant_id, schedule_id),
    CONSTRAINT schedules_name_key        UNIQUE (tenant_id, name),
    CONSTRAINT schedules_name_check      CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
    CONSTRAINT schedules_arguments_check CHECK (jsonb_typeof(arguments) = 'object' AND pg_column_size(arguments) <= 65536),
    CONSTRAINT schedules_priority_check  CHECK (priority >= -100 AND priority <= 100),
    CONSTRAINT schedules_declared_check  CHECK ((declared_in IS NULL) = (declared_xid IS NULL))
);
COMMENT ON TABLE work.schedules IS 'When jobs are enqueued by themselves: a cron expression, its time zone and the job.';
COMMENT ON COLUMN work.schedules.catch_up IS
    'Whether runs that were missed, because nothing was at work, are all made up for; otherwise one run stands for all.';
COMMENT ON CONSTRAINT schedules_name_key ON work.schedules IS 'A schedule of this name exists already.';
COMMENT ON CONSTRAINT schedules_name_check ON work.schedules IS 'The name must have 1 to 200 characters.';
COMMENT ON CONSTRAINT schedules_arguments_check ON work.schedules IS 'Arguments are a JSON object of at most 64 KiB.';
COMMENT ON CONSTRAINT schedules_priority_check ON work.schedules IS 'A priority is -100 to 100; lower numbers come first.';
COMMENT ON CONSTRAINT schedules_declared_check ON work.schedules IS 'What a file declares is known with its transaction.';

-- Apart from the schedule, because it changes by itself and nobody wants that in the audit log.
CREATE TABLE work.schedule_clocks (
    tenant_id   uuid        NOT NULL,
    schedule_id bigint      NOT NULL,
    next_run_at timestamptz NULL,
    last_run_at timestamptz NULL,
    last_job_id bigint      NULL,
    error       text        NULL,

    CONSTRAINT schedule_clocks_pkey             PRIMARY KEY (tenant_id, schedule_id),
    CONSTRAINT schedule_clocks_schedule_id_fkey FOREIGN KEY (tenant_id, schedule_id)
        REFERENCES work.schedules (tenant_id, schedule_id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX schedule_clocks_next_run_at_idx ON work.schedule_clocks (next_run_at) WHERE next_run_at IS NOT NULL;
COMMENT ON TABLE work.schedule_clocks IS 'When each schedule runs next, and what became of its last run.';
COMMENT ON COLUMN work.schedule_clocks.next_run_at IS 'NULL: it is switched off, or will not run again.';
COMMENT ON COLUMN work.schedule_clocks.error IS 'Why the last run could not be enqueued.';

DO $$
DECLARE
    v_relation text;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY['schedules', 'schedule_clocks'] LOOP
        EXECUTE format('ALTER TABLE work.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_relation);
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
SELECT core.audit_table('work.schedules');
