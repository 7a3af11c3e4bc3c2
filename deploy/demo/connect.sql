-- Connects one tenant to the demonstration's source, maps its three tables and reads them. For a tenant that is
-- connected already it only reads what is new.
--
-- Run by the administrator with psql, in the server's database, after deploy/demo/source.sql:
--
--   psql -v tenant_id=… -v host=127.0.0.1 -v port=5432 -v source_db=demo_crm \
--        -v source_user=demo_crm_reader -v source_password=… -f deploy/demo/connect.sql
--
-- host must be one the server may reach: set data.allowed_hosts (PGSERVER_DATA_ALLOWED_HOSTS) to host:port/source_db
-- for one that is not public. This script does so in core.settings if no operator has chosen a value.

\set ON_ERROR_STOP on
\if :{?host} \else \set host 127.0.0.1 \endif
\if :{?port} \else \set port 5432 \endif
\if :{?source_db} \else \set source_db demo_crm \endif
\if :{?source_user} \else \set source_user demo_crm_reader \endif
\if :{?sslmode} \else \set sslmode prefer \endif

BEGIN;
UPDATE core.settings AS s
SET value = :'host' || ':' || :'port' || '/' || :'source_db'
WHERE s.name = 'data.allowed_hosts' AND COALESCE(s.value, '') = '';

-- From here on as a member of the tenant who may change connections; the policies hold.
SELECT
    set_config('request.tenant_id', :'tenant_id', true),
    set_config('request.claims', '{"permissions": ["connections.write"]}', true),
    set_config('role', 'member', true)
\g /dev/null

SELECT NOT EXISTS (
    SELECT FROM data.connections AS c WHERE c.slug = 'demo-crm' AND c.status <> 'DISCONNECTED'
) AS is_new \gset
\if :is_new
SELECT data.connect_postgres(
    'Demo CRM',
    jsonb_build_object(
        'host', :'host', 'port', (:'port')::int, 'database', :'source_db', 'schema', 'public', 'user', :'source_user',
        'sslmode', :'sslmode', 'source_system', 'crm'),
    :'source_password'
) AS connection_id \gset
SELECT data.create_mapping(
    :'connection_id', 'account', 'companies', 'id',
    '[
        {"canonical_field": "name",       "vendor_field": "company_name", "coercion": "trim"},
        {"canonical_field": "type",       "vendor_field": "relation",     "coercion": ["trim", "lowercase"], "confidence": 0.9},
        {"canonical_field": "industry",   "vendor_field": "sector"},
        {"canonical_field": "owner_id",   "vendor_field": "owner_email",  "coercion": "lowercase"},
        {"canonical_field": "status",     "vendor_field": "state",        "coercion": ["trim", "lowercase", {"churned": "inactive"}]},
        {"canonical_field": "created_at", "vendor_field": "created_at"},
        {"canonical_field": "updated_at", "vendor_field": "modified_at"}
    ]',
    cursor_column => 'modified_at'
) \g /dev/null
SELECT data.create_mapping(
    :'connection_id', 'contact', 'people', 'id',
    '[
        {"canonical_field": "account_id", "vendor_field": "company_id"},
        {"canonical_field": "first_name", "vendor_field": "given_name",  "coercion": "trim"},
        {"canonical_field": "last_name",  "vendor_field": "family_name", "coercion": "trim"},
        {"canonical_field": "email",      "vendor_field": "email",       "coercion": ["trim", "lowercase"]},
        {"canonical_field": "phone",      "vendor_field": "phone"},
        {"canonical_field": "title",      "vendor_field": "job_title"},
        {"canonical_field": "created_at", "vendor_field": "created_at"},
        {"canonical_field": "updated_at", "vendor_field": "modified_at"}
    ]',
    cursor_column => 'modified_at'
) \g /dev/null
SELECT data.create_mapping(
    :'connection_id', 'opportunity', 'deals', 'id',
    '[
        {"canonical_field": "account_id",  "vendor_field": "company_id"},
        {"canonical_field": "name",        "vendor_field": "title",       "coercion": "trim"},
        {"canonical_field": "stage",       "vendor_field": "stage",       "confidence": 0.95,
         "coercion": ["trim", {"WON": "Closed Won", "Won": "Closed Won", "closed won": "Closed Won",
                               "LOST": "Closed Lost", "closed lost": "Closed Lost"}]},
        {"canonical_field": "amount",      "vendor_field": "value",       "coercion": "currency", "confidence": 0.9},
        {"canonical_field": "currency",    "vendor_field": "currency",    "coercion": "uppercase"},
        {"canonical_field": "probability", "vendor_field": "win_chance",  "coercion": "percent"},
        {"canonical_field": "close_date",  "vendor_field": "expected_on"},
        {"canonical_field": "owner_id",    "vendor_field": "owner_email", "coercion": "lowercase"},
        {"canonical_field": "created_at",  "vendor_field": "created_at"},
        {"canonical_field": "updated_at",  "vendor_field": "modified_at"}
    ]',
    cursor_column => 'modified_at'
) \g /dev/null
\endif

SELECT c.connection_id FROM data.connections AS c WHERE c.slug = 'demo-crm' \gset
SELECT
    s.result ->> 'status' AS status, s.result ->> 'rows_read' AS rows_read, s.result ->> 'rows_inserted' AS inserted,
    s.result ->> 'rows_updated' AS updated, s.result ->> 'rows_unchanged' AS unchanged,
    s.result ->> 'rows_rejected' AS rejected
FROM data.sync(:'connection_id') AS s (result);
RESET ROLE;
SELECT data.refresh_pipeline() \g /dev/null
COMMIT;
