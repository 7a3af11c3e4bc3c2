-- Which secrets a kind of source takes, and what became of each discovery.

ALTER TABLE data.connection_types
    ADD COLUMN secrets_schema jsonb NOT NULL DEFAULT '{
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": {}
    }',
    ADD CONSTRAINT connection_types_secrets_schema_check CHECK (jsonb_typeof(secrets_schema) = 'object');
COMMENT ON COLUMN data.connection_types.configuration_schema IS
    'What a configuration may hold, in the part of JSON Schema that data.schema_faults() knows.';
COMMENT ON COLUMN data.connection_types.secrets_schema IS 'What is kept with data.connection_secrets, likewise: texts only.';
UPDATE data.connection_types AS t
SET secrets_schema = '{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["password"],
    "additionalProperties": false,
    "properties": {"password": {"type": "string", "minLength": 1, "maxLength": 4000}}
}'
WHERE t.connection_type IN ('postgres', 'supabase');

CREATE TABLE data.discoveries (
    tenant_id       uuid        NOT NULL DEFAULT auth.tenant_id(),
    discovery_id    uuid        NOT NULL DEFAULT gen_random_uuid(),
    connection_id   uuid        NOT NULL,
    job_id          bigint      NOT NULL,
    status          text        NOT NULL DEFAULT 'queued',
    version         int,
    relations_found int,
    columns_found   int,
    drift_found     int,
    error_code      text,
    error           text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz,
    finished_at     timestamptz,

    CONSTRAINT discoveries_pkey               PRIMARY KEY (tenant_id, discovery_id),
    CONSTRAINT discoveries_job_id_key         UNIQUE (tenant_id, job_id),
    CONSTRAINT discoveries_connection_id_fkey FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT discoveries_status_check       CHECK (status IN ('queued', 'succeeded', 'failed'))
);
COMMENT ON TABLE data.discoveries IS
    'One row for each look at what a source has, asked for or by schedule. One that waits or runs is queued here: work.jobs knows better.';
COMMENT ON COLUMN data.discoveries.version IS 'The snapshot that shows what was found.';
COMMENT ON COLUMN data.discoveries.drift_found IS 'Differences from the snapshot before.';
CREATE INDEX discoveries_connection_id_idx ON data.discoveries (tenant_id, connection_id, created_at DESC);
CREATE INDEX discoveries_created_at_idx ON data.discoveries (tenant_id, created_at);

SELECT core.tenant_table('data.discoveries');
