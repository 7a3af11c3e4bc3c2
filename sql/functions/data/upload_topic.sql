-- Requires: functions/core/declare_topic.sql
-- What is told of files: data.upload.received when all bytes are there, then data.upload.loaded or data.upload.failed.
SELECT core.declare_topic('data.upload', 'Files that become the rows of a source: received, loaded, failed.');
