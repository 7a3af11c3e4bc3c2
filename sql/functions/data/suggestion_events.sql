-- Requires: functions/core/declare_topic.sql
-- Requires: functions/core/observe.sql
SELECT core.declare_topic('data.suggestion', 'Which column of a source probably fills which field, and what was decided.');
SELECT core.observe('data.mapping_suggestions', 'data.suggestion',
    '{connection_id,source_relation,entity,canonical_field,vendor_field,confidence,status,drift_event_id,mapping_id}');
