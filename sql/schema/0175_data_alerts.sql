-- Rules that watch a figure, and what came of them.

CREATE TYPE data.alert_metric AS ENUM (
    'sync_failures', 'sync_failure_rate', 'records_synced', 'records_rejected', 'reject_rate', 'minutes_since_sync',
    'drift_events', 'drift_queued', 'health_score', 'jobs_failed', 'suggestions_pending', 'spend_to_budget');
COMMENT ON TYPE data.alert_metric IS 'Figures that a rule can watch.';
CREATE TYPE data.alert_comparison AS ENUM ('above', 'below');
COMMENT ON TYPE data.alert_comparison IS 'On which side of its threshold a figure is worth an alert.';
CREATE TYPE data.alert_channel AS ENUM ('webhook', 'mail');
COMMENT ON TYPE data.alert_channel IS 'How somebody is told of an alert.';
CREATE TYPE data.alert_status AS ENUM ('firing', 'resolved');
COMMENT ON TYPE data.alert_status IS 'Whether the figure is still on the wrong side.';
CREATE DOMAIN data.alert_window AS integer
    CONSTRAINT alert_window_check CHECK (VALUE >= 1 AND VALUE <= 10080);
COMMENT ON DOMAIN data.alert_window IS 'How far back is counted, 1 to 10080 minutes.';
COMMENT ON CONSTRAINT alert_window_check ON DOMAIN data.alert_window IS 'A window is 1 minute to 7 days.';

CREATE TABLE data.alert_rules (
    tenant_id      uuid                  NOT NULL DEFAULT auth.tenant_id(),
    alert_rule_id  uuid                  NOT NULL DEFAULT gen_random_uuid(),
    name           text                  NOT NULL,
    metric         data.alert_metric     NOT NULL,
    connection_id  uuid,
    comparison     data.alert_comparison NOT NULL,
    threshold      numeric               NOT NULL,
    window_minutes data.alert_window     NOT NULL,
    channel        data.alert_channel    NOT NULL,
    url            text,
    recipients     text[],
    is_active      boolean               NOT NULL DEFAULT true,
    created_by     uuid                  DEFAULT auth.user_id(),
    created_at     timestamptz           NOT NULL DEFAULT now(),
    updated_at     timestamptz           NOT NULL DEFAULT now(),

    CONSTRAINT alert_rules_pkey                 PRIMARY KEY (tenant_id, alert_rule_id),
    CONSTRAINT alert_rules_tenant_id_fkey       FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT alert_rules_connection_id_fkey   FOREIGN KEY (tenant_id, connection_id)
        REFERENCES data.connections (tenant_id, connection_id) ON DELETE CASCADE,
    CONSTRAINT alert_rules_name_check           CHECK (char_length(name) >= 1 AND char_length(name) <= 200),
    CONSTRAINT alert_rules_threshold_check      CHECK (abs(threshold) <= 1e15),
    CONSTRAINT alert_rules_channel_check        CHECK (CASE channel
        WHEN 'webhook' THEN url IS NOT NULL AND recipients IS NULL
        WHEN 'mail' THEN url IS NULL AND cardinality(recipients) BETWEEN 1 AND 20
        ELSE false END)
);
COMMENT ON TABLE data.alert_rules IS 'One row for each figure that a tenant wants to be told of when it passes a threshold.';
COMMENT ON COLUMN data.alert_rules.connection_id IS 'The connection whose figure it is; NULL: the tenant''s.';
COMMENT ON COLUMN data.alert_rules.window_minutes IS 'How far back is counted, for figures that count what happened.';
COMMENT ON CONSTRAINT alert_rules_name_check ON data.alert_rules IS 'The name must have 1 to 200 characters.';
COMMENT ON CONSTRAINT alert_rules_threshold_check ON data.alert_rules IS 'A threshold has at most fifteen digits before the point.';
COMMENT ON CONSTRAINT alert_rules_channel_check ON data.alert_rules IS
    'A channel is webhook, with a url, or mail, with 1 to 20 recipients.';
-- For the foreign key, which is asked when a connection is removed.
CREATE INDEX alert_rules_connection_id_idx ON data.alert_rules (tenant_id, connection_id) WHERE connection_id IS NOT NULL;

-- Apart from the rule, so that whoever may read that cannot read this.
CREATE TABLE data.alert_secrets (
    tenant_id     uuid NOT NULL DEFAULT auth.tenant_id(),
    alert_rule_id uuid NOT NULL,
    secret        text NOT NULL,

    CONSTRAINT alert_secrets_pkey               PRIMARY KEY (tenant_id, alert_rule_id),
    CONSTRAINT alert_secrets_alert_rule_id_fkey FOREIGN KEY (tenant_id, alert_rule_id)
        REFERENCES data.alert_rules (tenant_id, alert_rule_id) ON DELETE CASCADE,
    CONSTRAINT alert_secrets_secret_check       CHECK (char_length(secret) >= 8 AND char_length(secret) <= 256)
);
COMMENT ON TABLE data.alert_secrets IS 'What signs the notices of a rule. Written, never shown.';

-- Apart as well: it changes each minute, which is nothing for the audit log.
CREATE TABLE data.alert_states (
    tenant_id     uuid        NOT NULL DEFAULT auth.tenant_id(),
    alert_rule_id uuid        NOT NULL,
    alert_id      uuid,
    value         numeric,
    evaluated_at  timestamptz,

    CONSTRAINT alert_states_pkey               PRIMARY KEY (tenant_id, alert_rule_id),
    CONSTRAINT alert_states_alert_rule_id_fkey FOREIGN KEY (tenant_id, alert_rule_id)
        REFERENCES data.alert_rules (tenant_id, alert_rule_id) ON DELETE CASCADE
) WITH (fillfactor = 50);
COMMENT ON TABLE data.alert_states IS 'What each rule last saw.';
COMMENT ON COLUMN data.alert_states.alert_id IS 'The alert that is open; NULL: the figure is on the right side of the threshold.';

CREATE TABLE data.alerts (
    tenant_id      uuid                  NOT NULL DEFAULT auth.tenant_id(),
    alert_id       uuid                  NOT NULL DEFAULT gen_random_uuid(),
    alert_rule_id  uuid,
    rule_name      text                  NOT NULL,
    metric         data.alert_metric     NOT NULL,
    connection_id  uuid,
    comparison     data.alert_comparison NOT NULL,
    threshold      numeric               NOT NULL,
    window_minutes data.alert_window     NOT NULL,
    value          numeric               NOT NULL,
    status         data.alert_status     NOT NULL DEFAULT 'firing',
    fired_at       timestamptz           NOT NULL DEFAULT now(),
    resolved_at    timestamptz,
    resolved_value numeric,

    CONSTRAINT alerts_pkey               PRIMARY KEY (tenant_id, alert_id),
    CONSTRAINT alerts_tenant_id_fkey     FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT alerts_alert_rule_id_fkey FOREIGN KEY (tenant_id, alert_rule_id)
        REFERENCES data.alert_rules (tenant_id, alert_rule_id) ON DELETE SET NULL (alert_rule_id),
    CONSTRAINT alerts_resolved_at_check  CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
COMMENT ON TABLE data.alerts IS
    'One row for each time that a figure passed a threshold, with the rule as it was then. It is resolved when the figure is back, or its rule was changed or removed.';
COMMENT ON COLUMN data.alerts.alert_rule_id IS 'NULL: the rule was removed.';
COMMENT ON COLUMN data.alerts.resolved_value IS 'NULL: the rule was changed, switched off or removed.';
CREATE INDEX alerts_fired_at_idx ON data.alerts (tenant_id, fired_at DESC, alert_id);
CREATE INDEX alerts_alert_rule_id_idx ON data.alerts (tenant_id, alert_rule_id, fired_at DESC);

CREATE TABLE data.alert_notices (
    tenant_id       uuid               NOT NULL DEFAULT auth.tenant_id(),
    notice_id       uuid               NOT NULL DEFAULT gen_random_uuid(),
    alert_rule_id   uuid,
    alert_id        uuid,
    reason          text               NOT NULL,
    channel         data.alert_channel NOT NULL,
    status          text               NOT NULL DEFAULT 'pending',
    job_id          bigint,
    attempts        integer,
    response_status integer,
    error_code      text,
    error_message   text,
    created_at      timestamptz        NOT NULL DEFAULT clock_timestamp(),
    finished_at     timestamptz,

    CONSTRAINT alert_notices_pkey               PRIMARY KEY (tenant_id, notice_id),
    CONSTRAINT alert_notices_alert_rule_id_fkey FOREIGN KEY (tenant_id, alert_rule_id)
        REFERENCES data.alert_rules (tenant_id, alert_rule_id) ON DELETE SET NULL (alert_rule_id),
    CONSTRAINT alert_notices_alert_id_fkey      FOREIGN KEY (tenant_id, alert_id)
        REFERENCES data.alerts (tenant_id, alert_id) ON DELETE CASCADE,
    CONSTRAINT alert_notices_reason_check       CHECK (reason IN ('fired', 'resolved', 'test')),
    CONSTRAINT alert_notices_status_check       CHECK (status IN ('pending', 'delivered', 'failed')),
    CONSTRAINT alert_notices_finished_at_check  CHECK ((status = 'pending') = (finished_at IS NULL))
);
COMMENT ON TABLE data.alert_notices IS 'One row for each notice of an alert, and what came of sending it.';
CREATE INDEX alert_notices_alert_id_idx ON data.alert_notices (tenant_id, alert_id);
CREATE INDEX alert_notices_test_idx ON data.alert_notices (tenant_id, created_at) WHERE alert_id IS NULL;
CREATE INDEX alert_notices_alert_rule_id_idx ON data.alert_notices (tenant_id, alert_rule_id, created_at DESC);

SELECT core.tenant_table('data.alert_rules', readers => '{}');
SELECT core.tenant_table('data.alert_secrets', readers => '{}');
SELECT core.tenant_table('data.alert_states');
SELECT core.tenant_table('data.alerts');
SELECT core.tenant_table('data.alert_notices');
-- An address may itself be a secret.
CREATE POLICY alert_rules_tenant ON data.alert_rules FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id()) AND (SELECT auth.has_permission('alerts.manage')));
CREATE POLICY alert_rules_bi ON data.alert_rules FOR SELECT TO bi_owner USING (tenant_id = (SELECT auth.bi_tenant_id()));
GRANT SELECT ON data.alert_rules TO member;
GRANT SELECT (
    tenant_id, alert_rule_id, name, metric, connection_id, comparison, threshold, window_minutes, channel, is_active,
    created_by, created_at, updated_at) ON data.alert_rules TO bi_owner;
-- The job of the installation that has each tenant's rules looked at has to know who has any.
CREATE POLICY alert_rules_dispatch ON data.alert_rules FOR SELECT TO pgserver_owner
    USING ((SELECT auth.tenant_id()) = (SELECT work.system_tenant()));

SELECT core.audit_table('data.alert_rules');
SELECT core.audit_table('data.alert_secrets', 'secret');
