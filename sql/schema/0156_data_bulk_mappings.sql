-- Bulk mappings: many mappings made in the background, one after the other. A tenant has few of them at a time, and each
-- is forgotten after a day, finished or not.

CREATE TABLE data.bulk_mappings (
    tenant_id       uuid        NOT NULL DEFAULT auth.tenant_id(),
    bulk_mapping_id uuid        NOT NULL DEFAULT gen_random_uuid(),
    status          text        NOT NULL DEFAULT 'queued',
    is_dispatched   boolean     NOT NULL DEFAULT false,
    item_count      int         NOT NULL,
    succeeded_count int         NOT NULL DEFAULT 0,
    failed_count    int         NOT NULL DEFAULT 0,
    requested_by    uuid        NULL DEFAULT auth.user_id(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz NULL,
    finished_at     timestamptz NULL,
    expires_at      timestamptz NOT NULL DEFAULT now() + interval '24 h',

    CONSTRAINT bulk_mappings_pkey             PRIMARY KEY (tenant_id, bulk_mapping_id),
    CONSTRAINT bulk_mappings_tenant_id_fkey   FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT bulk_mappings_status_check     CHECK (
        status IN ('queued', 'running', 'succeeded', 'partial', 'failed', 'cancelled')
    ),
    CONSTRAINT bulk_mappings_item_count_check CHECK (item_count BETWEEN 1 AND 1000)
);
COMMENT ON TABLE data.bulk_mappings IS 'Jobs that make many mappings, one after the other. Forgotten a day after they were submitted.';
COMMENT ON COLUMN data.bulk_mappings.status IS 'partial: some of its mappings could not be made; failed: none could.';
COMMENT ON COLUMN data.bulk_mappings.is_dispatched IS 'It has one of the tenant''s places and will be worked on, or is, or was.';
CREATE INDEX bulk_mappings_created_at_idx ON data.bulk_mappings (tenant_id, created_at DESC, bulk_mapping_id);
CREATE INDEX bulk_mappings_open_idx ON data.bulk_mappings (tenant_id, created_at) WHERE status IN ('queued', 'running');
CREATE INDEX bulk_mappings_expires_at_idx ON data.bulk_mappings (expires_at);

CREATE TABLE data.bulk_mapping_items (
    tenant_id       uuid        NOT NULL DEFAULT auth.tenant_id(),
    bulk_mapping_id uuid        NOT NULL,
    item_no         int         NOT NULL,
    request         jsonb       NOT NULL,
    status          text        NOT NULL DEFAULT 'queued',
    result          jsonb       NULL,
    finished_at     timestamptz NULL,

    CONSTRAINT bulk_mapping_items_pkey                 PRIMARY KEY (tenant_id, bulk_mapping_id, item_no),
    CONSTRAINT bulk_mapping_items_bulk_mapping_id_fkey FOREIGN KEY (tenant_id, bulk_mapping_id)
        REFERENCES data.bulk_mappings (tenant_id, bulk_mapping_id) ON DELETE CASCADE,
    CONSTRAINT bulk_mapping_items_status_check         CHECK (status IN ('queued', 'succeeded', 'failed'))
);
COMMENT ON TABLE data.bulk_mapping_items IS 'What a bulk mapping is to do, and what came of it.';

SELECT core.tenant_table('data.bulk_mappings');
SELECT core.tenant_table('data.bulk_mapping_items');
-- What has expired is nobody's any more: the sweep removes it for all tenants. Items go with their job.
CREATE POLICY bulk_mappings_expired ON data.bulk_mappings TO pgserver_owner
    USING (expires_at <= now()) WITH CHECK (false);
