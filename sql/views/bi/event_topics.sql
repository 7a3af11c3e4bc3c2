-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.event_topics AS
SELECT
    t.topic,
    t.description
FROM core.topics AS t
WHERE t.permission IS NULL;
COMMENT ON VIEW bi.event_topics IS 'What events are about, one row for each topic that everybody of a tenant may hear.';
COMMENT ON COLUMN bi.event_topics.topic       IS 'Name of the topic, domain.thing.';
COMMENT ON COLUMN bi.event_topics.description IS 'What its events tell.';
GRANT SELECT ON bi.event_topics TO bi_reader;
