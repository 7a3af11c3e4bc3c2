-- Two tables that writers fill, and a stream of what they did: one is observed, for the other a function publishes.
CREATE SCHEMA proof AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA proof TO anon, member, worker;
SET LOCAL ROLE pgserver_owner;

SELECT core.declare_topic('proof.rows', 'Rows of the observed table.');
SELECT core.declare_topic('proof.notes', 'What a function published.');

-- place is the event's in its change, and change the writer's transaction: both grow.
CREATE TABLE proof.rows (
    tenant_id uuid    NOT NULL,
    writer    integer NOT NULL,
    change    integer NOT NULL,
    place     integer NOT NULL,

    CONSTRAINT rows_pkey PRIMARY KEY (tenant_id, writer, change, place)
);
CREATE TABLE proof.notes (LIKE proof.rows);
SELECT core.observe('proof.rows', 'proof.rows', columns => '{writer,change,place}', events => '{insert}');

-- What was committed, of which there has to be one event each.
CREATE VIEW proof.committed AS
SELECT r.tenant_id, 'proof.rows.created' AS type, r.writer, r.change, r.place FROM proof.rows AS r
UNION ALL
SELECT n.tenant_id, 'proof.notes.added', n.writer, n.change, n.place FROM proof.notes AS n;

CREATE FUNCTION proof.note(tenant_id uuid, writer integer, change integer, place integer)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO proof.notes VALUES (note.tenant_id, note.writer, note.change, note.place);
    PERFORM core.publish(
        'proof.notes', 'proof.notes.added',
        jsonb_build_object('writer', note.writer, 'change', note.change, 'place', note.place),
        tenant_id => note.tenant_id);
END;
$$;

CREATE FUNCTION proof.frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'position', event.position, 'tenant', event.tenant_id, 'type', event.type, 'writer', event.payload -> 'writer',
        'change', event.payload -> 'change', 'place', event.payload -> 'place');
END;
$$;
COMMENT ON FUNCTION proof.frame(core.event_log) IS 'An event, and whose it is.';

CREATE FUNCTION proof.listen(types text[] DEFAULT NULL, since text DEFAULT NULL, last_event_id text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subscription api.subscription;
BEGIN
    v_subscription := core.subscribe(
        '{proof.rows,proof.notes}', listen.types, NULL, COALESCE(nullif(listen.last_event_id, ''), listen.since));
    v_subscription.connected := json_build_object(
        'type', 'connected', 'epoch', v_subscription.epoch, 'position', v_subscription.position);
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION proof.listen(text[], text, text) IS 'Where a listener begins.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA proof TO member;
SELECT api.stream(
    'GET /proof/events', 'proof.listen', transport => 'any', frame => 'proof.frame', dialect => 'server',
    token_param => 'token', sources => '{"last_event_id": "header:Last-Event-ID"}');
RESET ROLE;

-- What is to be proved is delivery, not the limits.
UPDATE core.rate_policies SET limit_count = 1000000, burst = 1000000;
SELECT api.publish();
