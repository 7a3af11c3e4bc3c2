-- How well connections fare.

CREATE TYPE data.health_report AS (
    connection_id   uuid,
    score           integer,
    grade           text,
    sync_score      numeric,
    freshness_score numeric,
    drift_score     numeric,
    error_score     numeric,
    run_count       bigint,
    succeeded_count bigint,
    partial_count   bigint,
    failed_count    bigint,
    last_success_at timestamptz,
    queued_drift    bigint,
    detected_drift  bigint,
    rows_read       bigint,
    rows_rejected   bigint
);
COMMENT ON TYPE data.health_report IS
    'How well a connection fares: a score from 0 to 100, its four parts from 0 to 1, and what they are made of.';

-- Runs of a connection are counted by when they began.
CREATE INDEX IF NOT EXISTS sync_runs_succeeded_idx
    ON data.sync_runs (tenant_id, connection_id, finished_at DESC) WHERE status = 'succeeded';
