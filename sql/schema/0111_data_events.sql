-- How long the stages of a sync took: what its events tell.

CREATE TYPE data.stage_times AS (compared interval, ingested interval, canonicalized interval, journaled interval);
COMMENT ON TYPE data.stage_times IS
    'Time one run spent on comparing columns, on reading its source, on turning rows into records, on its own journal.';
