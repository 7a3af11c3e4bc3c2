-- Requires: functions/core/declare_topic.sql
-- What is told when a source is found to be other than before: one event for each of its relations.
SELECT core.declare_topic('data.drift', 'Sources whose relations or columns are other than before.');
