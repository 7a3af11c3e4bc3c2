-- What POST requests with an Idempotency-Key were answered, for a day, and which routes heed the field.

CREATE TABLE core.idempotency_keys (
    tenant_id   uuid        NOT NULL DEFAULT auth.tenant_id(),
    user_id     uuid        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    answer      text        NULL,
    is_dropped  boolean     NOT NULL DEFAULT false,
    answered_at timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,

    CONSTRAINT idempotency_keys_pkey              PRIMARY KEY (tenant_id, user_id, route, key),
    CONSTRAINT idempotency_keys_key_check         CHECK (key ~ '^[!-~]{1,255}$'),
    CONSTRAINT idempotency_keys_fingerprint_check CHECK (octet_length(fingerprint) = 32),
    CONSTRAINT idempotency_keys_answer_check      CHECK (octet_length(answer) <= 1048576),
    CONSTRAINT idempotency_keys_is_dropped_check  CHECK (answer IS NULL OR NOT is_dropped)
);
COMMENT ON TABLE core.idempotency_keys IS
    'One row for each request that was carried out under an Idempotency-Key, written in its transaction.';
COMMENT ON COLUMN core.idempotency_keys.user_id IS 'Who asked; the nil UUID for a credential without a user.';
COMMENT ON COLUMN core.idempotency_keys.fingerprint IS 'SHA-256 over method, path, query and body.';
COMMENT ON COLUMN core.idempotency_keys.answer IS
    'What the route''s function returned, as text of its type; NULL if that was NULL, or is dropped.';
COMMENT ON COLUMN core.idempotency_keys.is_dropped IS 'Whether the answer was too long to be kept.';
COMMENT ON CONSTRAINT idempotency_keys_key_check ON core.idempotency_keys IS
    'A key has 1 to 255 visible ASCII characters.';

-- What has expired is found for removal.
CREATE INDEX idempotency_keys_expires_at_idx ON core.idempotency_keys (expires_at);

ALTER TABLE core.idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_owner ON core.idempotency_keys TO pgserver_owner
    USING      (tenant_id = (SELECT auth.tenant_id()))
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
-- What has expired is nobody's any more: one sweep removes that of all tenants.
CREATE POLICY idempotency_keys_expired ON core.idempotency_keys TO pgserver_owner
    USING      (expires_at <= now())
    WITH CHECK (false);

ALTER TABLE api.routes ADD COLUMN idempotency boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN api.routes.idempotency IS 'Whether the route, if it is a POST route, heeds Idempotency-Key.';

-- Both are made anew with one more parameter and one more column.
DROP FUNCTION IF EXISTS api.catalog_routes();
DROP FUNCTION IF EXISTS api.route(
    text, text, text, api.auth_kind, text, text, api.pool_kind, interval, integer, text, text, text, jsonb,
    api.field_policy, integer, text, text, jsonb, text[], text, api.route_kind);
