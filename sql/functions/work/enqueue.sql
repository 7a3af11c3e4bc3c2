-- Writes a job, in the caller's transaction: it exists exactly if that is committed.
--
-- An equal job that waits, of the same tenant, kind and unique_key, is returned instead; its arguments stay. A lower
-- priority number comes first, within the tenant. queue, max_attempts and timeout are the kind's unless stated.
--
-- Role:    member, worker
-- Definer: lends the writing of work.jobs, for the caller's own tenant; for any, to who has none (deployments, functions
--          that run before sign-in) and to jobs of the system
-- Returns: the id of the job
-- Errors:  22023                  the kind is not declared, or no tenant is stated
--          PT403 forbidden   403  the tenant is another than the caller's
--          PT400 invalid     400  a value out of its range; DETAIL names it
CREATE OR REPLACE FUNCTION work.enqueue(
    kind text, arguments jsonb DEFAULT '{}', queue text DEFAULT NULL, priority integer DEFAULT 0,
    run_at timestamptz DEFAULT now(), unique_key text DEFAULT NULL, max_attempts integer DEFAULT NULL,
    timeout interval DEFAULT NULL, tenant_id uuid DEFAULT auth.tenant_id())
RETURNS bigint LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_caller CONSTANT uuid := auth.tenant_id();
    v_kind   work.job_kinds;
    v_queue  text;
    v_timeout_ms bigint;
    v_job_id bigint;
BEGIN
    SELECT * INTO v_kind FROM work.job_kinds AS k WHERE k.kind = enqueue.kind;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('there is no job kind "%s"', enqueue.kind);
    ELSIF enqueue.tenant_id IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value', MESSAGE = format('a job of kind "%s" needs a tenant', enqueue.kind),
            HINT = 'State tenant_id; work.system_tenant() has the jobs of the installation.';
    ELSIF enqueue.tenant_id <> v_caller AND v_caller <> work.system_tenant() THEN
        RAISE EXCEPTION USING
            ERRCODE = 'PT403', MESSAGE = 'forbidden', DETAIL = 'A job can only be given to one''s own tenant.';
    END IF;
    v_queue := COALESCE(enqueue.queue, v_kind.queue);
    v_timeout_ms := extract(epoch FROM COALESCE(enqueue.timeout, v_kind.timeout)) * 1000;
    IF v_queue !~ '^[a-z][a-z0-9_]{0,39}$'
        OR enqueue.priority NOT BETWEEN -100 AND 100
        OR char_length(enqueue.unique_key) NOT BETWEEN 1 AND 500
        OR enqueue.max_attempts NOT BETWEEN 1 AND 100
        OR v_timeout_ms NOT BETWEEN 10 AND 86400000
        OR jsonb_typeof(enqueue.arguments) <> 'object'
        OR pg_column_size(enqueue.arguments) > 1048576
    THEN
        PERFORM api.invalid(VARIADIC work.job_faults(
            v_queue, enqueue.priority, enqueue.unique_key, enqueue.max_attempts, v_timeout_ms, enqueue.arguments));
    END IF;
    -- An equal job may be claimed between two looks at it; then it waits no longer and ours is written.
    FOR v_look IN 1 .. CASE WHEN enqueue.unique_key IS NULL THEN 1 ELSE 10 END LOOP
        INSERT INTO work.jobs (
            tenant_id, kind, queue, lane, priority, run_at, enqueued_at, max_attempts, timeout_ms, unique_key,
            requested_by, request_id, traceparent, arguments)
        VALUES (
            enqueue.tenant_id, v_kind.kind, v_queue, CASE WHEN v_kind.tenant_concurrency IS NULL THEN '' ELSE v_kind.kind END,
            COALESCE(enqueue.priority, 0),
            -- Never in the past: claims may remember up to when they have looked.
            GREATEST(enqueue.run_at, clock_timestamp()),
            clock_timestamp(), COALESCE(enqueue.max_attempts, v_kind.max_attempts),
            v_timeout_ms, enqueue.unique_key,
            auth.user_id(), core.request_context('request_id'), core.request_context('traceparent'),
            COALESCE(enqueue.arguments, '{}'))
        ON CONFLICT (tenant_id, kind, unique_key) WHERE state = 'waiting' AND unique_key IS NOT NULL DO NOTHING
        RETURNING job_id INTO v_job_id;
        EXIT WHEN FOUND;
        SELECT j.job_id INTO v_job_id FROM work.jobs AS j
        WHERE j.tenant_id = enqueue.tenant_id AND j.kind = enqueue.kind AND j.unique_key = enqueue.unique_key
          AND j.state = 'waiting';
        EXIT WHEN FOUND;
    END LOOP;
    IF v_job_id IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'serialization_failure',
            MESSAGE = format('equal jobs of kind "%s" come and go too fast', enqueue.kind);
    END IF;
    PERFORM set_config('work.woken', v_queue, true);
    RETURN v_job_id;
END;
$$;
COMMENT ON FUNCTION work.enqueue(text, jsonb, text, integer, timestamptz, text, integer, interval, uuid) IS
    'Writes a job, in the caller''s transaction.';
GRANT EXECUTE ON FUNCTION work.enqueue(text, jsonb, text, integer, timestamptz, text, integer, interval, uuid)
    TO member, worker;
