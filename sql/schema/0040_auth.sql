-- Who may do what: tenants, users, memberships, sessions, keys.
--
-- Look-ups before sign-in go through SECURITY DEFINER functions, whose owner therefore has a policy of its own on
-- each table. Hashes and keys are in columns that no other role is granted.

CREATE TYPE auth.plan         AS ENUM ('Free', 'Pro', 'Enterprise');
CREATE TYPE auth.tier         AS ENUM ('Standard', 'Premium');
CREATE TYPE auth.member_role  AS ENUM ('owner', 'admin', 'member', 'viewer', 'agent');
CREATE TYPE auth.session_kind AS ENUM ('login', 'api_key');

CREATE TYPE auth.credential AS (
    user_id uuid, tenant_id uuid, email text, username text, full_name text, is_superuser boolean,
    created_at timestamptz, claims jsonb, refresh_token text);
COMMENT ON TYPE auth.credential IS
    'Somebody who has just proved who they are: the user, the claims to sign, and a refresh token if one was asked for.';

CREATE TABLE auth.tenants (
    tenant_id  uuid        NOT NULL DEFAULT gen_random_uuid(),
    name       text        NOT NULL,
    plan       auth.plan   NOT NULL DEFAULT 'Free',
    tier       auth.tier   NOT NULL DEFAULT 'Standard',
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT tenants_pkey       PRIMARY KEY (tenant_id),
    CONSTRAINT tenants_name_check CHECK (char_length(name) >= 1 AND char_length(name) <= 200)
);
CREATE UNIQUE INDEX tenants_name_key ON auth.tenants (lower(name));
COMMENT ON TABLE auth.tenants IS 'One row for each organization. Its plan and tier choose rate limits.';
COMMENT ON INDEX auth.tenants_name_key IS 'Organization name already exists. Please choose a different name.';
COMMENT ON CONSTRAINT tenants_name_check ON auth.tenants IS 'The name must have 1 to 200 characters.';

CREATE TABLE auth.users (
    user_id      uuid        NOT NULL DEFAULT gen_random_uuid(),
    email        text        NOT NULL,
    username     text        NOT NULL,
    full_name    text        NULL,
    is_superuser boolean     NOT NULL DEFAULT false,
    is_active    boolean     NOT NULL DEFAULT true,
    created_at   timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT users_pkey            PRIMARY KEY (user_id),
    CONSTRAINT users_email_check     CHECK (email ~ '^[^@\s]+@[^@\s]+$' AND char_length(email) <= 254),
    CONSTRAINT users_username_check  CHECK (char_length(username) >= 1 AND char_length(username) <= 254),
    CONSTRAINT users_full_name_check CHECK (char_length(full_name) <= 200),
    -- Both name a user at sign-in, so one user's name must never be another's address.
    CONSTRAINT users_username_form_check CHECK (position('@' IN username) = 0 OR lower(username) = lower(email))
);
CREATE UNIQUE INDEX users_email_key    ON auth.users (lower(email));
CREATE UNIQUE INDEX users_username_key ON auth.users (lower(username));
COMMENT ON TABLE auth.users IS 'One row for each person or service, across tenants.';
COMMENT ON COLUMN auth.users.is_superuser IS 'May administer the platform. Only an operator sets it.';
COMMENT ON INDEX auth.users_email_key IS 'Email already registered';
COMMENT ON INDEX auth.users_username_key IS 'Username already registered';
COMMENT ON CONSTRAINT users_email_check ON auth.users IS 'This is not an e-mail address.';
COMMENT ON CONSTRAINT users_username_check ON auth.users IS 'The username must have 1 to 254 characters.';
COMMENT ON CONSTRAINT users_username_form_check ON auth.users IS
    'A username holds no @, unless it is the e-mail address itself.';
COMMENT ON CONSTRAINT users_full_name_check ON auth.users IS 'The full name may have at most 200 characters.';

CREATE TABLE auth.passwords (
    user_id       uuid        NOT NULL,
    password_hash text        NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT passwords_pkey         PRIMARY KEY (user_id),
    CONSTRAINT passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users (user_id) ON DELETE CASCADE
);
COMMENT ON TABLE auth.passwords IS 'The bcrypt hash of each user who signs in by password. Granted to nobody.';

CREATE TABLE auth.memberships (
    tenant_id  uuid             NOT NULL DEFAULT auth.tenant_id(),
    user_id    uuid             NOT NULL,
    role       auth.member_role NOT NULL DEFAULT 'member',
    created_at timestamptz      NOT NULL DEFAULT now(),

    CONSTRAINT memberships_pkey           PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT memberships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT memberships_user_id_fkey   FOREIGN KEY (user_id)   REFERENCES auth.users (user_id)
);
CREATE INDEX memberships_user_id_idx ON auth.memberships (user_id, created_at);
COMMENT ON TABLE auth.memberships IS 'One row for each tenant a user belongs to, with the role there.';
COMMENT ON CONSTRAINT memberships_pkey ON auth.memberships IS 'This user is already a member.';

CREATE TABLE auth.role_permissions (
    role         auth.member_role NOT NULL,
    permission   text             NOT NULL,
    declared_in  text             NOT NULL,
    declared_xid xid8             NOT NULL,

    CONSTRAINT role_permissions_pkey             PRIMARY KEY (role, permission),
    CONSTRAINT role_permissions_permission_check CHECK (permission ~ '^[a-z_]+(\.[a-z_]+)+$')
);
COMMENT ON TABLE auth.role_permissions IS 'What a role may do. Every tenant has the same roles.';

CREATE TABLE auth.sessions (
    tenant_id  uuid              NOT NULL DEFAULT auth.tenant_id(),
    session_id uuid              NOT NULL DEFAULT gen_random_uuid(),
    user_id    uuid              NOT NULL,
    kind       auth.session_kind NOT NULL,
    address    text              NULL,
    created_at timestamptz       NOT NULL DEFAULT now(),
    expires_at timestamptz       NOT NULL,
    refreshed_at timestamptz     NULL,
    revoked_at timestamptz       NULL,
    reason     text              NULL,

    CONSTRAINT sessions_pkey         PRIMARY KEY (tenant_id, session_id),
    CONSTRAINT sessions_user_id_fkey FOREIGN KEY (tenant_id, user_id)
        REFERENCES auth.memberships (tenant_id, user_id) ON DELETE CASCADE,
    CONSTRAINT sessions_reason_check CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX sessions_user_id_idx ON auth.sessions (tenant_id, user_id);
COMMENT ON TABLE auth.sessions IS
    'One row for each sign-in and each API key. A request is refused once its session is revoked or over.';
COMMENT ON COLUMN auth.sessions.refreshed_at IS
    'When a refresh token of the session was last exchanged: the trace that a refresh leaves in the audit log.';
COMMENT ON COLUMN auth.sessions.expires_at IS 'infinity for an API key that has no end.';

CREATE TABLE auth.refresh_tokens (
    tenant_id  uuid        NOT NULL,
    token_hash bytea       NOT NULL,
    session_id uuid        NOT NULL,
    issued_at  timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz NULL,

    CONSTRAINT refresh_tokens_pkey            PRIMARY KEY (tenant_id, token_hash),
    CONSTRAINT refresh_tokens_token_hash_key  UNIQUE (token_hash),
    CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (tenant_id, session_id)
        REFERENCES auth.sessions (tenant_id, session_id) ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_session_id_idx ON auth.refresh_tokens (tenant_id, session_id);
COMMENT ON TABLE auth.refresh_tokens IS
    'The family of single-use tokens of each session, as SHA-256. One that comes back used ends the session.';

CREATE TABLE auth.api_keys (
    tenant_id  uuid        NOT NULL DEFAULT auth.tenant_id(),
    api_key_id uuid        NOT NULL DEFAULT gen_random_uuid(),
    session_id uuid        NOT NULL,
    user_id    uuid        NOT NULL,
    name       text        NOT NULL,
    prefix     text        NOT NULL,
    key_hash   bytea       NOT NULL,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT api_keys_pkey            PRIMARY KEY (tenant_id, api_key_id),
    CONSTRAINT api_keys_key_hash_key    UNIQUE (key_hash),
    CONSTRAINT api_keys_name_key        UNIQUE (tenant_id, user_id, name),
    CONSTRAINT api_keys_session_id_fkey FOREIGN KEY (tenant_id, session_id)
        REFERENCES auth.sessions (tenant_id, session_id) ON DELETE CASCADE,
    CONSTRAINT api_keys_user_id_fkey    FOREIGN KEY (tenant_id, user_id)
        REFERENCES auth.memberships (tenant_id, user_id) ON DELETE CASCADE,
    CONSTRAINT api_keys_name_check      CHECK (char_length(name) >= 1 AND char_length(name) <= 200)
);
CREATE INDEX api_keys_session_id_idx ON auth.api_keys (tenant_id, session_id);
COMMENT ON TABLE auth.api_keys IS 'One row for each API key, as SHA-256 of the whole key; its session says until when.';
COMMENT ON CONSTRAINT api_keys_name_key ON auth.api_keys IS 'You already have a key of this name.';
COMMENT ON CONSTRAINT api_keys_name_check ON auth.api_keys IS 'The name must have 1 to 200 characters.';

CREATE TABLE auth.bi_logins (
    tenant_id  uuid        NOT NULL,
    role_name  name        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),

    CONSTRAINT bi_logins_pkey           PRIMARY KEY (tenant_id, role_name),
    CONSTRAINT bi_logins_role_name_key  UNIQUE (role_name),
    CONSTRAINT bi_logins_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT bi_logins_role_name_check CHECK (role_name ~ '^bi_[0-9a-f]{8}$')
);
COMMENT ON TABLE auth.bi_logins IS 'The tenant of each login that BI tools connect with.';
COMMENT ON CONSTRAINT bi_logins_role_name_check ON auth.bi_logins IS 'A BI login is named bi_ and eight hexadecimal digits.';

CREATE TABLE auth.signing_keys (
    kid         text        NOT NULL,
    algorithm   text        NOT NULL,
    private_key text        NOT NULL,
    public_key  text        NULL,
    public_jwk  jsonb       NULL,
    is_active   boolean     NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    retired_at  timestamptz NULL,

    CONSTRAINT signing_keys_pkey             PRIMARY KEY (kid),
    CONSTRAINT signing_keys_algorithm_check  CHECK (algorithm ~ '^(EdDSA|(HS|RS|ES)(256|384|512))$'),
    CONSTRAINT signing_keys_public_jwk_check CHECK (
        CASE WHEN algorithm LIKE 'HS%' THEN public_jwk IS NULL
             ELSE public_jwk IS NOT NULL AND public_key IS NOT NULL END),
    CONSTRAINT signing_keys_retired_at_check CHECK (is_active = (retired_at IS NULL))
);
CREATE UNIQUE INDEX signing_keys_active_key ON auth.signing_keys (is_active) WHERE is_active;
COMMENT ON TABLE auth.signing_keys IS 'The keys that sign tokens. One is active; the retired ones verify what they signed.';
COMMENT ON CONSTRAINT signing_keys_public_jwk_check ON auth.signing_keys IS
    'A key pair has a public half to publish; a shared secret never has.';

ALTER TABLE auth.tenants        ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.users          ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.passwords      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.memberships    ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.sessions       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.refresh_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.api_keys       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.bi_logins      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.signing_keys   ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY tenants_owner        ON auth.tenants        TO pgserver_owner USING (true);
CREATE POLICY users_owner          ON auth.users          TO pgserver_owner USING (true);
CREATE POLICY passwords_owner      ON auth.passwords      TO pgserver_owner USING (true);
CREATE POLICY memberships_owner    ON auth.memberships    TO pgserver_owner USING (true);
CREATE POLICY sessions_owner       ON auth.sessions       TO pgserver_owner USING (true);
CREATE POLICY refresh_tokens_owner ON auth.refresh_tokens TO pgserver_owner USING (true);
CREATE POLICY api_keys_owner       ON auth.api_keys       TO pgserver_owner USING (true);
CREATE POLICY bi_logins_owner      ON auth.bi_logins      TO pgserver_owner USING (true);
CREATE POLICY signing_keys_owner   ON auth.signing_keys   TO pgserver_owner USING (true);

CREATE POLICY tenants_tenant ON auth.tenants FOR SELECT TO member, worker
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY memberships_tenant ON auth.memberships FOR SELECT TO member, worker
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY users_tenant ON auth.users FOR SELECT TO member, worker
    USING (user_id IN (SELECT m.user_id FROM auth.memberships AS m WHERE m.tenant_id = (SELECT auth.tenant_id())));
CREATE POLICY sessions_tenant ON auth.sessions FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id())
           AND (user_id = (SELECT auth.user_id()) OR (SELECT auth.has_permission('sessions.manage'))));
CREATE POLICY api_keys_tenant ON auth.api_keys FOR SELECT TO member
    USING (tenant_id = (SELECT auth.tenant_id())
           AND (user_id = (SELECT auth.user_id()) OR (SELECT auth.has_permission('sessions.manage'))));

CREATE POLICY tenants_bi ON auth.tenants FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id()));
CREATE POLICY memberships_bi ON auth.memberships FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id()));
CREATE POLICY users_bi ON auth.users FOR SELECT TO bi_owner
    USING (user_id IN (SELECT m.user_id FROM auth.memberships AS m WHERE m.tenant_id = (SELECT auth.bi_tenant_id())));


GRANT SELECT ON auth.tenants, auth.memberships, auth.users TO member, worker, bi_owner;
GRANT SELECT ON auth.sessions TO member;
GRANT SELECT (tenant_id, api_key_id, session_id, user_id, name, prefix, scopes, created_at) ON auth.api_keys TO member;

SELECT core.audit_table('auth.tenants');
SELECT core.audit_table('auth.memberships');
SELECT core.audit_table('auth.sessions');
SELECT core.audit_table('auth.api_keys', 'key_hash');
SELECT core.audit_table('auth.bi_logins');

-- Two tenants that an operator's configuration refers to: the one that demo mode shows, and the one whose builds
-- the key of AUTOPACK_API_KEY drives. Nobody can sign in as their users, who have no password.
INSERT INTO auth.tenants (tenant_id, name, plan, tier) VALUES
    ('00000000-0000-4000-8000-00000000000d', 'Demo',     'Enterprise', 'Premium'),
    ('00000000-0000-4000-8000-00000000000b', 'Autopack', 'Enterprise', 'Premium');
INSERT INTO auth.users (user_id, email, username, full_name) VALUES
    ('00000000-0000-4000-8000-0000000000d1', 'dev@autonomos.dev',  'dev@autonomos.dev',  'Demo user'),
    ('00000000-0000-4000-8000-0000000000b1', 'operator@autopack',  'operator@autopack',  'Autopack operator');
INSERT INTO auth.memberships (tenant_id, user_id, role) VALUES
    ('00000000-0000-4000-8000-00000000000d', '00000000-0000-4000-8000-0000000000d1', 'member'),
    ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000000b1', 'admin');
