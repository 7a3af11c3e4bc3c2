-- The log of events: what was committed, and in which order it became visible.
--
-- A writer adds a row to core.events inside its own transaction. Its id says nothing about the order of commits, so
-- positions are given afterwards, by one sequencer at a time, to what has become visible (api.sequence_events()).
-- Both logs are only ever added to, are partitioned by the day of the event, and are trimmed by dropping partitions.

CREATE TABLE core.topics (
    topic        text NOT NULL,
    description  text NOT NULL,
    permission   text NULL,
    declared_in  text NOT NULL,
    declared_xid xid8 NOT NULL,

    CONSTRAINT topics_pkey        PRIMARY KEY (topic),
    CONSTRAINT topics_topic_check CHECK (topic ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$' AND char_length(topic) <= 100)
);
COMMENT ON TABLE core.topics IS 'What events are about. Nobody publishes to a topic that is not declared.';
COMMENT ON COLUMN core.topics.permission IS 'Who may listen: NULL for everybody of the tenant.';
COMMENT ON CONSTRAINT topics_topic_check ON core.topics IS 'A topic is written domain.thing.';
GRANT SELECT (topic, description, permission) ON core.topics TO member, worker, bi_owner;

CREATE TABLE core.events (
    xid          xid8        NOT NULL DEFAULT pg_current_xact_id(),
    event_id     bigint      GENERATED ALWAYS AS IDENTITY,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant_id    uuid        NOT NULL DEFAULT auth.tenant_id(),
    topic        text        NOT NULL,
    type         text        NOT NULL,
    subject_kind text        NULL,
    subject_id   text        NULL,
    payload      jsonb       NOT NULL DEFAULT '{}',

    CONSTRAINT events_pkey               PRIMARY KEY (xid, event_id, created_at),
    CONSTRAINT events_type_check         CHECK (type ~ '^[a-z][a-z0-9_.]*$' AND octet_length(type) <= 100),
    CONSTRAINT events_subject_kind_check CHECK (octet_length(subject_kind) <= 100),
    CONSTRAINT events_subject_id_check   CHECK (octet_length(subject_id) <= 400),
    CONSTRAINT events_payload_check      CHECK (jsonb_typeof(payload) = 'object' AND pg_column_size(payload) <= 65536)
) PARTITION BY RANGE (created_at);
COMMENT ON TABLE core.events IS
    'One row for each event, added by the transaction that it tells about. Its only index is what the sequencer reads.';
COMMENT ON COLUMN core.events.xid IS 'The transaction: whether a snapshot can see the event follows from it.';
COMMENT ON COLUMN core.events.event_id IS 'Grows with each event, but not in the order of commits.';
COMMENT ON CONSTRAINT events_type_check ON core.events IS 'A type is written domain.thing.done, 100 characters at most.';
COMMENT ON CONSTRAINT events_subject_kind_check ON core.events IS 'The kind of a subject has at most 100 bytes.';
COMMENT ON CONSTRAINT events_subject_id_check ON core.events IS 'The id of a subject has at most 400 bytes.';
COMMENT ON CONSTRAINT events_payload_check ON core.events IS 'A payload is an object of at most 64 KiB.';

CREATE TABLE core.event_positions (
    serial     bigint      NOT NULL,
    tenant_id  uuid        NOT NULL,
    position   bigint      NOT NULL,
    xid        xid8        NOT NULL,
    event_id   bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    topic      text        NOT NULL,
    type       text        NOT NULL,
    subject_id text        NULL,

    CONSTRAINT event_positions_pkey PRIMARY KEY (tenant_id, position, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX event_positions_serial_idx ON core.event_positions (serial);
COMMENT ON TABLE core.event_positions IS
    'The place of each event in its tenant''s log. A position never changes, has no gap before it, and never appears below one already given.';
COMMENT ON COLUMN core.event_positions.serial IS 'Dense over all tenants; for the relays alone, never shown to a client.';
COMMENT ON COLUMN core.event_positions.position IS 'Dense for the tenant, from 1.';

CREATE TABLE core.event_heads (
    tenant_id        uuid   NOT NULL,
    position         bigint NOT NULL,
    trimmed_position bigint NOT NULL DEFAULT 0,

    CONSTRAINT event_heads_pkey                   PRIMARY KEY (tenant_id),
    CONSTRAINT event_heads_position_check         CHECK (position >= 1),
    CONSTRAINT event_heads_trimmed_position_check CHECK (trimmed_position >= 0 AND trimmed_position <= position)
) WITH (fillfactor = 50);
COMMENT ON TABLE core.event_heads IS 'The last position of each tenant, and the last one that retention has taken away.';

CREATE TABLE core.event_sequencer (
    is_only         boolean     NOT NULL DEFAULT true,
    serial          bigint      NOT NULL DEFAULT 0,
    seen            pg_snapshot NOT NULL,
    target          pg_snapshot NULL,
    last_event_id   bigint      NOT NULL DEFAULT 0,
    floor_event_id  bigint      NOT NULL DEFAULT 0,
    epoch           integer     NOT NULL DEFAULT 1,
    is_adopting     boolean     NOT NULL DEFAULT false,
    origin          text        NULL,

    CONSTRAINT event_sequencer_pkey          PRIMARY KEY (is_only),
    CONSTRAINT event_sequencer_is_only_check CHECK (is_only)
) WITH (fillfactor = 10);
COMMENT ON TABLE core.event_sequencer IS 'How far the events have been given positions. Whoever gives them locks this one row.';
COMMENT ON COLUMN core.event_sequencer.serial IS 'The last serial given.';
COMMENT ON COLUMN core.event_sequencer.seen IS 'All that this snapshot can see has its position.';
COMMENT ON COLUMN core.event_sequencer.target IS
    'A look that found more than it could number at once goes on until all that this snapshot can see has its position.';
COMMENT ON COLUMN core.event_sequencer.last_event_id IS 'How far such a look has come.';
COMMENT ON COLUMN core.event_sequencer.floor_event_id IS
    'Events up to this one came from another cluster, whose transaction ids mean nothing here; all have their position.';
COMMENT ON COLUMN core.event_sequencer.epoch IS
    'Grows when the log is found in another database than before: a position of an older epoch may be another event.';
COMMENT ON COLUMN core.event_sequencer.is_adopting IS 'Events from another cluster are still being numbered.';
COMMENT ON COLUMN core.event_sequencer.origin IS 'The cluster and database that the epoch belongs to.';
INSERT INTO core.event_sequencer (seen) VALUES ('3:3:');
GRANT SELECT (epoch) ON core.event_sequencer TO member, worker;

-- What no day's partition takes lands here, so that no write ever fails for want of one.
CREATE TABLE core.events_default PARTITION OF core.events DEFAULT;
CREATE TABLE core.event_positions_default PARTITION OF core.event_positions DEFAULT;
COMMENT ON TABLE core.events_default IS 'Events of days that have no partition of their own.';
COMMENT ON TABLE core.event_positions_default IS 'Positions of events of days that have no partition of their own.';

ALTER TABLE core.events                  ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE core.event_positions         ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE core.event_heads             ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE core.events_default          ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE core.event_positions_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY events_owner          ON core.events          TO pgserver_owner USING (true) WITH CHECK (true);
CREATE POLICY event_positions_owner ON core.event_positions TO pgserver_owner USING (true) WITH CHECK (true);
CREATE POLICY event_heads_owner     ON core.event_heads     TO pgserver_owner USING (true) WITH CHECK (true);
CREATE POLICY events_default_owner  ON core.events_default  TO pgserver_owner USING (true);

CREATE POLICY events_write ON core.events FOR INSERT TO member, worker
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY events_tenant ON core.events FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id())
           AND topic IN (SELECT t.topic FROM core.topics AS t
                         WHERE t.permission IS NULL OR auth.has_permission(t.permission)));
CREATE POLICY event_positions_tenant ON core.event_positions FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id())
           AND topic IN (SELECT t.topic FROM core.topics AS t
                         WHERE t.permission IS NULL OR auth.has_permission(t.permission)));
CREATE POLICY event_heads_tenant ON core.event_heads FOR SELECT TO member, worker
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY events_worker ON core.events FOR SELECT TO worker
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY event_positions_worker ON core.event_positions FOR SELECT TO worker
    USING (tenant_id = (SELECT auth.tenant_id()));
-- An analyst has no permissions to show, so sees what everybody of the tenant may.
CREATE POLICY events_bi ON core.events FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id())
           AND topic IN (SELECT t.topic FROM core.topics AS t WHERE t.permission IS NULL));
CREATE POLICY event_positions_bi ON core.event_positions FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id())
           AND topic IN (SELECT t.topic FROM core.topics AS t WHERE t.permission IS NULL));

GRANT SELECT ON core.events, core.event_positions TO member, worker, bi_owner;
GRANT SELECT ON core.event_heads TO member, worker;
GRANT INSERT (tenant_id, topic, type, subject_kind, subject_id, payload) ON core.events TO member, worker;

-- Read with the reader's own rights. A filter on tenant and position rides the index of the positions; each event is
-- then one look into the index of its own day.
CREATE VIEW core.event_log WITH (security_invoker = true) AS
SELECT
    p.serial, p.tenant_id, p.position, e.topic, e.type, e.subject_kind, e.subject_id, e.payload, e.created_at
FROM core.event_positions AS p
JOIN core.events AS e ON e.xid = p.xid AND e.event_id = p.event_id AND e.created_at = p.created_at;
COMMENT ON VIEW core.event_log IS
    'The events that have their position, with it: what frames of streams are made from, and what other consumers follow by serial.';
GRANT SELECT ON core.event_log TO member, worker, bi_owner;
