-- Runs as: bi_owner
-- Not over core.event_log, which runs with the rights of whoever reads, through other views too.
CREATE OR REPLACE VIEW bi.events AS
SELECT
    p.position,
    e.created_at AS occurred_at,
    e.topic,
    t.description AS topic_description,
    e.type,
    e.subject_kind,
    e.subject_id,
    e.payload
FROM core.event_positions AS p
JOIN core.events AS e ON e.xid = p.xid AND e.event_id = p.event_id AND e.created_at = p.created_at
LEFT JOIN core.topics AS t ON t.topic = e.topic;
COMMENT ON VIEW bi.events IS
    'What has happened, one row each, for as long as events are kept. Times are in UTC. To follow it: LISTEN pgserver_log, then read the rows behind the last position.';
COMMENT ON COLUMN bi.events.position          IS 'Its place among the events of the tenant: from 1, without a gap, and never given to another.';
COMMENT ON COLUMN bi.events.occurred_at       IS 'When it was written, in UTC. Its position follows from when it was committed.';
COMMENT ON COLUMN bi.events.topic             IS 'What it is about; domain.thing.';
COMMENT ON COLUMN bi.events.topic_description IS 'What the events of the topic tell.';
COMMENT ON COLUMN bi.events.type              IS 'What happened, such as data.account.created.';
COMMENT ON COLUMN bi.events.subject_kind      IS 'Kind of thing that it happened to, such as account; NULL: to several, or to none.';
COMMENT ON COLUMN bi.events.subject_id        IS 'Id of that thing.';
COMMENT ON COLUMN bi.events.payload           IS 'What else is known of it, as a JSON object.';
GRANT SELECT ON bi.events TO bi_reader;
