-- What bench/events writes and listens to. Applied to the database of the workload.
SET ROLE pgserver_owner;
SELECT core.declare_topic('bench.change', 'A row that was written.');

-- The same table twice; one is observed.
CREATE TABLE bench.plain_changes (
    tenant_id uuid        NOT NULL DEFAULT auth.tenant_id(),
    change_id bigint      GENERATED ALWAYS AS IDENTITY,
    account   text        NOT NULL,
    body      text        NOT NULL,
    amount    integer     NOT NULL,
    made_at   timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT plain_changes_pkey PRIMARY KEY (tenant_id, change_id)
);
CREATE TABLE bench.observed_changes (LIKE bench.plain_changes INCLUDING ALL);
SELECT core.observe('bench.observed_changes', 'bench.change', columns => '{account,body,amount}');

-- What a log of events costs as a plain insert: the columns, defaults and index of the log's own, and nothing else.
CREATE TABLE bench.plain_events (
    xid          xid8        NOT NULL DEFAULT pg_current_xact_id(),
    event_id     bigint      GENERATED ALWAYS AS IDENTITY,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant_id    uuid        NOT NULL DEFAULT auth.tenant_id(),
    topic        text        NOT NULL,
    type         text        NOT NULL,
    subject_kind text        NULL,
    subject_id   text        NULL,
    payload      jsonb       NOT NULL DEFAULT '{}',

    CONSTRAINT plain_events_pkey PRIMARY KEY (xid, event_id, created_at)
);

GRANT INSERT, SELECT ON bench.plain_changes, bench.observed_changes, bench.plain_events TO member;

CREATE FUNCTION bench.change_frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'type', event.type, 'subject_id', event.subject_id, 'payload', event.payload, 'created_at', event.created_at);
END;
$$;
COMMENT ON FUNCTION bench.change_frame(core.event_log) IS 'A change, as its listeners see it.';

CREATE FUNCTION bench.listen_to_changes()
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subscription api.subscription;
BEGIN
    v_subscription := core.subscribe('{bench.change}');
    v_subscription.connected := json_build_object('type', 'connected');
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION bench.listen_to_changes() IS 'Listens to changes.';
GRANT EXECUTE ON FUNCTION bench.listen_to_changes(), bench.change_frame(core.event_log) TO member;
SELECT api.stream(
    'GET /changes', 'bench.listen_to_changes', transport => 'any', frame => 'bench.change_frame', dialect => 'server',
    rate => 'bench');
RESET ROLE;
SELECT api.publish();
