-- Who changed what. It has no foreign keys on purpose: the trail outlives what it tells about.

CREATE TABLE core.audit_log (
    tenant_id     uuid        NOT NULL,
    audit_id      bigint      GENERATED ALWAYS AS IDENTITY,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_user_id uuid        NULL,
    session_id    uuid        NULL,
    request_id    text        NULL,
    action        text        NOT NULL,
    schema_name   text        NOT NULL,
    table_name    text        NOT NULL,
    subject       jsonb       NULL,
    before        jsonb       NULL,
    after         jsonb       NULL,
    row_count     bigint      NOT NULL DEFAULT 1,

    CONSTRAINT audit_log_pkey         PRIMARY KEY (tenant_id, audit_id),
    CONSTRAINT audit_log_action_check CHECK (action IN ('insert', 'update', 'delete'))
);
CREATE INDEX audit_log_at_idx      ON core.audit_log (tenant_id, at);
CREATE INDEX audit_log_subject_idx ON core.audit_log (tenant_id, schema_name, table_name, audit_id);
COMMENT ON TABLE core.audit_log IS
    'One row for each changed row, or for each statement on a table that is loaded in bulk. Written by triggers only.';
COMMENT ON COLUMN core.audit_log.subject IS 'The key of the changed row; NULL where a statement is recorded.';
COMMENT ON COLUMN core.audit_log.before  IS 'The changed columns before; all of them for a deleted row. Secrets read [redacted].';
COMMENT ON COLUMN core.audit_log.after   IS 'The changed columns after; all of them for an inserted row. Secrets read [redacted].';
COMMENT ON CONSTRAINT audit_log_action_check ON core.audit_log IS 'An audited action is insert, update or delete.';

ALTER TABLE core.audit_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_log_read ON core.audit_log FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id()) AND (SELECT auth.has_permission('audit.read')));
CREATE POLICY audit_log_bi ON core.audit_log FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id()));
CREATE POLICY audit_log_write ON core.audit_log FOR INSERT TO pgserver_owner WITH CHECK (true);
GRANT SELECT ON core.audit_log TO member, bi_owner;
