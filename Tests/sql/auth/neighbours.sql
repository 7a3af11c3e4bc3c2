-- Every tenant-owned table, found in the catalog: row-level security is on and forced, the tenant leads its key and
-- every foreign key to another such table, and a member sees no neighbour's row. A partition is reached through its
-- table alone; the last lines of core/event_partitions.sql say so.
RESET ROLE;
CREATE FUNCTION test.owned_tables()
RETURNS TABLE (relation regclass) LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT c.oid::regclass
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspowner = 'pgserver_owner'::regrole
    ORDER BY c.oid::regclass::text
$$;

SELECT test.is_true(o.relation || ' forces row-level security', c.relrowsecurity AND c.relforcerowsecurity)
FROM test.owned_tables() AS o
JOIN pg_class AS c ON c.oid = o.relation;

SELECT test.equals(o.relation || ': the first column of the key', (
    SELECT a.attname::text FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = o.relation AND i.indisprimary), 'tenant_id')
FROM test.owned_tables() AS o
WHERE o.relation <> 'core.events'::regclass;  -- its one index is the sequencer's; readers come by way of the positions

SELECT test.is_true(f.conname || ' begins with tenant_id', a.attname = 'tenant_id')
FROM pg_constraint AS f
JOIN test.owned_tables() AS o ON o.relation = f.conrelid
JOIN test.owned_tables() AS t ON t.relation = f.confrelid
JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
WHERE f.contype = 'f';

-- A policy for a role that carries a tenant asks for that tenant, by an InitPlan.
SELECT test.is_true(
    format('policy %s on %s.%s asks for the tenant once', p.policyname, p.schemaname, p.tablename),
    COALESCE(p.qual, p.with_check) ~ 'SELECT auth\.(bi_)?tenant_id\(\)')
FROM pg_policies AS p
WHERE p.roles && '{member,worker,bi_owner,bi_reader}'::name[];
-- One without a tenant is for a role nobody can log in as or become; the server's sees whether a session lives.
SELECT test.is_true(
    format('policy %s on %s.%s is out of reach of %s', p.policyname, p.schemaname, p.tablename, r.reaching),
    NOT EXISTS (
        SELECT FROM pg_roles AS o
        WHERE o.rolname = ANY (p.roles) AND (o.rolcanlogin OR pg_has_role(r.reaching, o.oid, 'MEMBER'))))
FROM pg_policies AS p
CROSS JOIN (VALUES ('pgserver'), ('anon'), ('member'), ('worker'), ('bi_owner'), ('bi_reader')) AS r (reaching)
WHERE NOT p.roles <@ '{member,worker,bi_owner,bi_reader}'::name[];
SELECT test.is_true(
    format('policy %s on %s.%s is not for PUBLIC', p.policyname, p.schemaname, p.tablename), 'public' <> ALL (p.roles))
FROM pg_policies AS p;

-- Something of tenant 2 and of tenant 1 in every table of this domain.
INSERT INTO auth.sessions (tenant_id, session_id, user_id, kind, expires_at)
SELECT test.tenant(n), test.person(n, 9), test.person(n), 'api_key', 'infinity' FROM generate_series(1, 2) AS n;
INSERT INTO auth.api_keys (tenant_id, session_id, user_id, name, prefix, key_hash, scopes)
SELECT test.tenant(n), test.person(n, 9), test.person(n), 'key', 'pgs_', sha256(n::text::bytea), '{}'
FROM generate_series(1, 2) AS n;
INSERT INTO auth.refresh_tokens (tenant_id, token_hash, session_id)
SELECT test.tenant(n), sha256(n::text::bytea), test.person(n, 9) FROM generate_series(1, 2) AS n;

CREATE FUNCTION test.tenants_seen(relation regclass)
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    v_tenants uuid[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT r.tenant_id) FROM %s AS r', relation) INTO v_tenants;
    RETURN v_tenants;
END;
$$;
SELECT test.become_member(1);
SELECT test.equals('the tenants seen in ' || o.relation, test.tenants_seen(o.relation), ARRAY[test.tenant(1)])
FROM test.owned_tables() AS o
WHERE has_column_privilege('member', o.relation, 'tenant_id', 'SELECT')
  AND o.relation::text IN ('auth.tenants', 'auth.memberships', 'auth.sessions', 'auth.api_keys', 'core.audit_log');
SELECT test.is_true(
    'no neighbour in ' || o.relation,
    COALESCE(test.tenants_seen(o.relation) <@ ARRAY[test.tenant(1)], true))
FROM test.owned_tables() AS o
WHERE has_column_privilege('member', o.relation, 'tenant_id', 'SELECT');
SELECT test.equals('people seen', count(*), 2::bigint) FROM auth.users;

-- Without a tenant there is nothing at all, and no error either.
SELECT set_config('request.tenant_id', '', true);
SELECT test.equals('the tenants nobody sees in ' || o.relation, test.tenants_seen(o.relation), NULL)
FROM test.owned_tables() AS o
WHERE has_column_privilege('member', o.relation, 'tenant_id', 'SELECT');

-- What members may never do or see, their own tenant's included.
SELECT test.become_member(1);
SELECT test.raises('SELECT * FROM auth.passwords', '42501');
SELECT test.raises('SELECT * FROM auth.refresh_tokens', '42501');
SELECT test.raises('SELECT key_hash FROM auth.api_keys', '42501');
SELECT test.raises('SELECT * FROM auth.signing_keys', '42501');
SELECT test.raises('UPDATE auth.users SET is_superuser = true', '42501');
SELECT test.raises('UPDATE auth.memberships SET role = ''owner''', '42501');
SELECT test.raises('INSERT INTO auth.memberships (tenant_id, user_id) VALUES (test.tenant(2), test.person(1))', '42501');
SELECT test.raises('SELECT api.signing_keys()', '42501');
SELECT test.raises('SELECT auth.open_session(test.tenant(2), test.person(2), ''1 h'', ''1 h'')', '42501');

-- Another member's sessions are seen with the permission only.
SELECT test.become_member(1, 2, '{}');
SELECT test.equals('sessions a plain member sees', count(*), 0::bigint) FROM auth.sessions;
SELECT test.equals('audit rows a plain member sees', count(*), 0::bigint) FROM core.audit_log;
