-- What a run has to remember from one step to the next.

ALTER TABLE data.sync_runs
    ADD COLUMN is_first     boolean  NOT NULL DEFAULT false,
    ADD COLUMN drifted      int      NOT NULL DEFAULT 0,
    ADD COLUMN compare_time interval NOT NULL DEFAULT '0',
    ADD COLUMN page_time    interval NOT NULL DEFAULT '0';
COMMENT ON COLUMN data.sync_runs.is_first IS 'There was no record of the mapping when the run began.';
COMMENT ON COLUMN data.sync_runs.drifted IS 'How many columns of the source are not as the run before found them.';
COMMENT ON COLUMN data.sync_runs.compare_time IS 'Time spent on comparing columns.';
COMMENT ON COLUMN data.sync_runs.page_time IS 'Time spent on reading pages and writing their records, which is one statement each.';

-- A cancelling is told apart from the sync's row, which its running step holds.
CREATE TABLE data.sync_cancels (
    tenant_id    uuid        NOT NULL DEFAULT auth.tenant_id(),
    sync_id      uuid        NOT NULL,
    requested_by uuid        DEFAULT auth.user_id(),
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT sync_cancels_pkey         PRIMARY KEY (tenant_id, sync_id),
    CONSTRAINT sync_cancels_sync_id_fkey FOREIGN KEY (tenant_id, sync_id)
        REFERENCES data.syncs (tenant_id, sync_id) ON DELETE CASCADE
);
COMMENT ON TABLE data.sync_cancels IS 'Syncs that somebody wants to end. The step under way heeds it when it is done.';
SELECT core.tenant_table('data.sync_cancels', readers => '{member}');

DROP FUNCTION IF EXISTS data.mapping_statement(data.connections, data.mappings);
DROP FUNCTION IF EXISTS data.publish_stages(data.connections, data.sync_runs, data.stage_times, int);
DROP FUNCTION IF EXISTS data.sync_mapping(data.connections, data.mappings, int, boolean);
DROP TYPE IF EXISTS data.stage_times;

-- A value that was turned, or why it was not.
DROP FUNCTION IF EXISTS data.coerce(text, jsonb, text);
CREATE TYPE data.coerced AS (result text, fault text);
COMMENT ON TYPE data.coerced IS 'The text of a value that was turned into one of a canonical field, or the code of what is wrong with it.';
