-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.mapping_suggestions AS
SELECT
    s.suggestion_id,
    s.connection_id,
    s.source_relation,
    s.entity,
    s.canonical_field,
    s.vendor_field,
    s.confidence,
    s.status,
    s.drift_event_id,
    s.mapping_id,
    s.decided_field,
    s.decided_by AS decided_by_user_id,
    s.created_at,
    s.decided_at,
    extract(epoch FROM s.decided_at - s.created_at) AS decision_seconds
FROM data.mapping_suggestions AS s;
COMMENT ON VIEW bi.mapping_suggestions IS
    'One row for each suggestion which column of a source fills which field, and what became of it. Times are in UTC.';
COMMENT ON COLUMN bi.mapping_suggestions.suggestion_id      IS 'Id of the suggestion.';
COMMENT ON COLUMN bi.mapping_suggestions.connection_id      IS 'Connection it is about; joins bi.connections.';
COMMENT ON COLUMN bi.mapping_suggestions.source_relation    IS 'Relation of the source.';
COMMENT ON COLUMN bi.mapping_suggestions.entity             IS 'What the relation''s rows become.';
COMMENT ON COLUMN bi.mapping_suggestions.canonical_field    IS 'Field that would be filled; NULL: the relation, or its key.';
COMMENT ON COLUMN bi.mapping_suggestions.vendor_field       IS 'Column that would fill it; NULL: none, for the source has lost it.';
COMMENT ON COLUMN bi.mapping_suggestions.confidence         IS 'The probability that it is right, from 0 to 1.';
COMMENT ON COLUMN bi.mapping_suggestions.status             IS 'pending (waits for a person), applied (by itself), accepted, rejected or superseded.';
COMMENT ON COLUMN bi.mapping_suggestions.drift_event_id     IS 'Difference that it would repair; joins bi.drift_events. NULL: it comes of looking at new relations.';
COMMENT ON COLUMN bi.mapping_suggestions.mapping_id         IS 'Mapping it went into; joins bi.mappings.';
COMMENT ON COLUMN bi.mapping_suggestions.decided_field      IS 'Field that a person put in place of the suggested one.';
COMMENT ON COLUMN bi.mapping_suggestions.decided_by_user_id IS 'Who decided; NULL: nobody, yet or ever.';
COMMENT ON COLUMN bi.mapping_suggestions.created_at         IS 'When it was made, in UTC.';
COMMENT ON COLUMN bi.mapping_suggestions.decided_at         IS 'When it was decided, in UTC; NULL: it was not.';
COMMENT ON COLUMN bi.mapping_suggestions.decision_seconds   IS 'From made to decided, in seconds.';
GRANT SELECT ON bi.mapping_suggestions TO bi_reader;
