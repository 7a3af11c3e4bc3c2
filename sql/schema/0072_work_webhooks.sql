-- Webhooks: who wants to hear of which events, and what came of telling them.

CREATE TYPE work.webhook_status AS ENUM ('active', 'disabled');
CREATE TYPE work.disabled_by AS ENUM ('person', 'failures', 'receiver');
COMMENT ON TYPE work.disabled_by IS 'receiver: it answered 410 Gone.';
CREATE TYPE work.delivery_status AS ENUM ('pending', 'delivered', 'failed', 'cancelled');
CREATE TYPE work.delivery_reason AS ENUM ('event', 'test', 'redelivery');

CREATE TABLE work.webhooks (
    tenant_id   uuid                NOT NULL DEFAULT auth.tenant_id(),
    webhook_id  uuid                NOT NULL DEFAULT gen_random_uuid(),
    url         text                NOT NULL,
    events      text[]              NOT NULL,
    matcher     text                NOT NULL GENERATED ALWAYS AS (work.event_matcher(events)) STORED,
    status      work.webhook_status NOT NULL DEFAULT 'active',
    disabled_by work.disabled_by    NULL,
    disabled_at timestamptz         NULL,
    active_from timestamptz         NOT NULL DEFAULT clock_timestamp(),
    created_by  uuid                NULL DEFAULT auth.user_id(),
    created_at  timestamptz         NOT NULL DEFAULT now(),
    updated_at  timestamptz         NOT NULL DEFAULT now(),

    CONSTRAINT webhooks_pkey            PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT webhooks_tenant_id_fkey  FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT webhooks_url_check       CHECK (url ~ '^https?://[!-~]+$' AND char_length(url) <= 2048),
    CONSTRAINT webhooks_events_check    CHECK (cardinality(events) >= 1 AND cardinality(events) <= 50),
    CONSTRAINT webhooks_disabled_check  CHECK (
        (status = 'disabled') = (disabled_by IS NOT NULL) AND (status = 'disabled') = (disabled_at IS NOT NULL))
);
COMMENT ON TABLE work.webhooks IS 'One row for each URL that a tenant wants to be told of events at.';
COMMENT ON COLUMN work.webhooks.events IS 'Names of events, or patterns of names with * in them.';
COMMENT ON COLUMN work.webhooks.active_from IS 'It is told of events since then.';
COMMENT ON COLUMN work.webhooks.created_by IS
    'Whose webhook it is: it is told only what this user may see, for as long as that is so.';
COMMENT ON CONSTRAINT webhooks_url_check ON work.webhooks IS 'A URL is http or https, and has at most 2048 characters.';
COMMENT ON CONSTRAINT webhooks_events_check ON work.webhooks IS 'A webhook has 1 to 50 names or patterns of events.';

-- Apart from the webhook, so that whoever may read that cannot read this.
CREATE TABLE work.webhook_secrets (
    tenant_id  uuid NOT NULL,
    webhook_id uuid NOT NULL,
    secret     text NOT NULL,

    CONSTRAINT webhook_secrets_pkey            PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT webhook_secrets_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id)
        REFERENCES work.webhooks (tenant_id, webhook_id) ON DELETE CASCADE,
    CONSTRAINT webhook_secrets_secret_check    CHECK (char_length(secret) >= 8 AND char_length(secret) <= 256)
);
COMMENT ON TABLE work.webhook_secrets IS 'What signs the deliveries of a webhook. Written, never shown.';
COMMENT ON CONSTRAINT webhook_secrets_secret_check ON work.webhook_secrets IS 'A secret has 8 to 256 characters.';

-- Apart as well: it changes with each delivery, which is nothing for the audit log.
CREATE TABLE work.webhook_health (
    tenant_id       uuid        NOT NULL,
    webhook_id      uuid        NOT NULL,
    failure_count   integer     NOT NULL DEFAULT 0,
    last_success_at timestamptz NULL,
    last_failure_at timestamptz NULL,

    CONSTRAINT webhook_health_pkey                PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT webhook_health_webhook_id_fkey     FOREIGN KEY (tenant_id, webhook_id)
        REFERENCES work.webhooks (tenant_id, webhook_id) ON DELETE CASCADE,
    CONSTRAINT webhook_health_failure_count_check CHECK (failure_count >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE work.webhook_health IS 'How the deliveries of a webhook have gone of late.';
COMMENT ON COLUMN work.webhook_health.failure_count IS 'Events that could not be delivered since the last that could.';

CREATE TABLE work.webhook_deliveries (
    tenant_id        uuid                 NOT NULL,
    delivery_id      uuid                 NOT NULL DEFAULT gen_random_uuid(),
    webhook_id       uuid                 NOT NULL,
    reason           work.delivery_reason NOT NULL,
    event            text                 NOT NULL,
    event_position   bigint               NULL,
    redelivery_of    uuid                 NULL,
    body             text                 NOT NULL,
    job_id           bigint               NULL,
    status           work.delivery_status NOT NULL DEFAULT 'pending',
    attempts         integer              NULL,
    response_status  integer              NULL,
    response_excerpt text                 NULL,
    error_code       text                 NULL,
    error_message    text                 NULL,
    duration_ms      integer              NULL,
    created_at       timestamptz          NOT NULL DEFAULT clock_timestamp(),
    finished_at      timestamptz          NULL,

    CONSTRAINT webhook_deliveries_pkey                   PRIMARY KEY (tenant_id, delivery_id),
    CONSTRAINT webhook_deliveries_webhook_id_fkey        FOREIGN KEY (tenant_id, webhook_id)
        REFERENCES work.webhooks (tenant_id, webhook_id) ON DELETE CASCADE,
    CONSTRAINT webhook_deliveries_response_excerpt_check CHECK (char_length(response_excerpt) <= 2000),
    CONSTRAINT webhook_deliveries_finished_check         CHECK ((status = 'pending') = (finished_at IS NULL))
);
COMMENT ON TABLE work.webhook_deliveries IS
    'One row for each event that a webhook was, or is to be, told of. While it is pending, its job says how it goes.';
COMMENT ON COLUMN work.webhook_deliveries.event IS 'The name under which the webhook asked for the event.';
COMMENT ON COLUMN work.webhook_deliveries.event_position IS 'The place of the event in its tenant''s log; NULL for a test.';
COMMENT ON COLUMN work.webhook_deliveries.body IS 'What is sent, without its signature: another delivery sends the same.';
COMMENT ON COLUMN work.webhook_deliveries.response_excerpt IS 'The beginning of what the receiver answered.';

CREATE INDEX webhook_deliveries_webhook_id_idx
    ON work.webhook_deliveries (tenant_id, webhook_id, created_at DESC, delivery_id);
CREATE INDEX webhook_deliveries_pending_idx
    ON work.webhook_deliveries (tenant_id, webhook_id) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_created_at_idx ON work.webhook_deliveries (created_at);

-- What a contract calls an event, and which of its data it shows.
CREATE TABLE work.webhook_events (
    name         text  NOT NULL,
    type         text  NOT NULL,
    condition    jsonb NOT NULL,
    data         jsonb NULL,
    declared_in  text  NOT NULL,
    declared_xid xid8  NOT NULL,

    CONSTRAINT webhook_events_pkey            PRIMARY KEY (name, type),
    CONSTRAINT webhook_events_name_check      CHECK (name ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$'),
    CONSTRAINT webhook_events_condition_check CHECK (jsonb_typeof(condition) = 'object'),
    CONSTRAINT webhook_events_data_check      CHECK (jsonb_typeof(data) = 'object')
);
COMMENT ON TABLE work.webhook_events IS 'Other names of events, under which a contract lets them be subscribed to.';
COMMENT ON COLUMN work.webhook_events.condition IS 'What the event''s payload contains, if it is to have the name.';
COMMENT ON COLUMN work.webhook_events.data IS
    'The members of the body''s data: {"payload": name}, {"subject": "id"} or {"value": constant} each. NULL: the payload.';
CREATE INDEX webhook_events_type_idx ON work.webhook_events (type);

-- How far those who follow the log of events have come.
CREATE TABLE work.event_cursors (
    consumer text   NOT NULL,
    serial   bigint NOT NULL,

    CONSTRAINT event_cursors_pkey PRIMARY KEY (consumer)
) WITH (fillfactor = 10);
COMMENT ON TABLE work.event_cursors IS 'The last event that each consumer of the log has dealt with. Whoever goes on locks its row.';
INSERT INTO work.event_cursors (consumer, serial) SELECT 'webhooks', s.serial FROM core.event_sequencer AS s;

DO $$
DECLARE
    v_relation text;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY['webhooks', 'webhook_secrets', 'webhook_health', 'webhook_deliveries'] LOOP
        EXECUTE format('ALTER TABLE work.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_relation);
        -- The dispatcher serves every tenant.
        EXECUTE format('CREATE POLICY %I ON work.%I TO pgserver_owner USING (true) WITH CHECK (true)',
            v_relation || '_owner', v_relation);
        CONTINUE WHEN v_relation = 'webhook_secrets';
        EXECUTE format('CREATE POLICY %I ON work.%I FOR SELECT TO member USING ('
            'tenant_id = (SELECT auth.tenant_id()) AND (SELECT auth.has_permission(''webhooks.manage'')))',
            v_relation || '_tenant', v_relation);
        EXECUTE format('CREATE POLICY %I ON work.%I FOR SELECT TO bi_owner USING ('
            'tenant_id = (SELECT auth.bi_tenant_id()))', v_relation || '_bi', v_relation);
        EXECUTE format('GRANT SELECT ON work.%I TO member', v_relation);
    END LOOP;
END;
$$;
-- An analyst sees that something was sent, and not what.
GRANT SELECT ON work.webhooks, work.webhook_health TO bi_owner;
GRANT SELECT (
    tenant_id, delivery_id, webhook_id, reason, event, event_position, redelivery_of, job_id, status, attempts,
    response_status, error_code, duration_ms, created_at, finished_at) ON work.webhook_deliveries TO bi_owner;

SELECT core.audit_table('work.webhooks');
SELECT core.audit_table('work.webhook_secrets', 'secret');
