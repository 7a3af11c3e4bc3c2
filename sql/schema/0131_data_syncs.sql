-- Syncs: one of a connection at a time, in steps that each commit what they read together with how far they came.

-- A row of a file is told apart by its number if the mapping names no column; a pushed record has its own key.
ALTER TABLE data.mappings
    ALTER COLUMN key_column DROP NOT NULL,
    DROP CONSTRAINT mappings_on_removal_check,
    ADD  CONSTRAINT mappings_on_removal_check CHECK (on_removal IN ('keep', 'mark', 'delete'));
COMMENT ON COLUMN data.mappings.key_column IS
    'Column that tells the rows apart; NULL for a file, whose rows are numbered, and for a push, whose records have a key.';
COMMENT ON COLUMN data.mappings.cursor_column IS
    'Column that grows with each change; NULL reads the whole relation each time. Files and pushes need none: they are read in the order of arrival.';
COMMENT ON COLUMN data.mappings.on_removal IS
    'What becomes of records whose row has gone from the source. A full sync notices them, and one without a cursor.';
COMMENT ON CONSTRAINT mappings_on_removal_check ON data.mappings IS 'Removed rows are kept, marked or deleted.';

DROP FUNCTION IF EXISTS data.create_mapping(uuid, text, text, text, jsonb, text, boolean, text);

CREATE TABLE data.syncs (
    tenant_id        uuid        NOT NULL DEFAULT auth.tenant_id(),
    sync_id          uuid        NOT NULL DEFAULT gen_random_uuid(),
    connection_id    uuid        NOT NULL,
    mode             text        NOT NULL DEFAULT 'incremental',
    status           text        NOT NULL DEFAULT 'queued',
    job_id           bigint,
    requested_by     uuid        DEFAULT auth.user_id(),
    step_count       int         NOT NULL DEFAULT 0,
    rows_read        bigint      NOT NULL DEFAULT 0,
    rows_inserted    bigint      NOT NULL DEFAULT 0,
    rows_updated     bigint      NOT NULL DEFAULT 0,
    rows_unchanged   bigint      NOT NULL DEFAULT 0,
    rows_rejected    bigint      NOT NULL DEFAULT 0,
    rows_removed     bigint      NOT NULL DEFAULT 0,
    bytes_read       bigint      NOT NULL DEFAULT 0,
    rows_estimated   bigint,
    error_code       text,
    error            text,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at       timestamptz,
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at      timestamptz,

    CONSTRAINT syncs_pkey               PRIMARY KEY (tenant_id, sync_id),
    CONSTRAINT syncs_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT syncs_mode_check         CHECK (mode IN ('full', 'incremental')),
    CONSTRAINT syncs_status_check       CHECK (
        status IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled')
    ),
    CONSTRAINT syncs_finished_at_check  CHECK ((finished_at IS NULL) = (status IN ('queued', 'running'))),
    CONSTRAINT syncs_rows_check         CHECK (
        rows_read = rows_inserted + rows_updated + rows_unchanged + rows_rejected
    )
);
COMMENT ON TABLE data.syncs IS
    'One row for each time a connection was synchronized: every active mapping, one after the other, in steps. Counts stand as of the last step.';
COMMENT ON COLUMN data.syncs.mode IS 'incremental goes on where reading stopped; full forgets that, and notices rows that have gone.';
COMMENT ON COLUMN data.syncs.status IS
    'partial: a run was bounded, or the source was empty of a sudden. cancelled: by a person, or because the connection was paused or disconnected.';
COMMENT ON COLUMN data.syncs.job_id IS 'The job that does the next step; the last one if it has ended.';
COMMENT ON COLUMN data.syncs.rows_estimated IS 'How many rows there seem to be to read, of relations whose size is known; NULL if none is.';
COMMENT ON CONSTRAINT syncs_mode_check ON data.syncs IS 'A sync is full or incremental.';
CREATE UNIQUE INDEX syncs_connection_id_key ON data.syncs (tenant_id, connection_id) WHERE status IN ('queued', 'running');
COMMENT ON INDEX data.syncs_connection_id_key IS 'This connection is being synchronized.';
CREATE INDEX syncs_created_at_idx ON data.syncs (tenant_id, connection_id, created_at DESC);

-- A run is one mapping's part of a sync.
ALTER TABLE data.sync_runs
    ADD COLUMN sync_id     uuid,
    ADD COLUMN record_type text,
    ADD COLUMN phase       text,
    ADD COLUMN page_value  text,
    ADD COLUMN page_key    text,
    ADD COLUMN is_whole    boolean NOT NULL DEFAULT false,
    ADD COLUMN updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    DROP CONSTRAINT sync_runs_status_check,
    ADD  CONSTRAINT sync_runs_status_check CHECK (
        status IN ('running', 'succeeded', 'partial', 'failed', 'cancelled')
    ),
    ADD CONSTRAINT sync_runs_phase_check   CHECK (phase IN ('rows', 'nulls', 'removed')),
    ADD CONSTRAINT sync_runs_sync_id_fkey  FOREIGN KEY (tenant_id, sync_id)
        REFERENCES data.syncs (tenant_id, sync_id) ON DELETE CASCADE;
COMMENT ON COLUMN data.sync_runs.sync_id IS 'The sync that the run is part of.';
COMMENT ON COLUMN data.sync_runs.phase IS
    'What the next step does: reads rows, reads rows without a cursor value, looks for records whose row has gone. NULL: the run has ended, or not begun.';
COMMENT ON COLUMN data.sync_runs.page_value IS 'Cursor value of the last row read in this run; of a file or push its generation.';
COMMENT ON COLUMN data.sync_runs.page_key IS 'Key of the last row read, or of the last record looked for, in this phase; of a file or push its row number.';
COMMENT ON COLUMN data.sync_runs.is_whole IS 'The run reads all of the relation, so that what it lacks has gone.';
CREATE INDEX sync_runs_sync_id_idx ON data.sync_runs (tenant_id, sync_id) WHERE sync_id IS NOT NULL;

ALTER TABLE data.connections
    DROP CONSTRAINT connections_last_sync_status_check,
    ADD  CONSTRAINT connections_last_sync_status_check
        CHECK (last_sync_status IN ('running', 'succeeded', 'partial', 'failed', 'cancelled'));

SELECT core.tenant_table('data.syncs');
