-- A BI login is told its tenant by the table alone; a setting changes nothing.
RESET ROLE;
CREATE ROLE bi_0badcafe LOGIN IN ROLE bi_reader;
INSERT INTO auth.bi_logins (tenant_id, role_name) VALUES (test.tenant(2), 'bi_0badcafe');
CREATE ROLE bi_0badbeef LOGIN IN ROLE bi_reader;
SELECT set_config('request.tenant_id', test.tenant(1)::text, true);

SET LOCAL SESSION AUTHORIZATION bi_0badcafe;
SELECT test.raises('SELECT * FROM auth.tenants', '42501');
SELECT test.raises('SELECT * FROM auth.bi_logins', '42501');
SELECT test.raises('SET LOCAL ROLE member', '42501');
SELECT test.raises('SELECT pg_advisory_lock(1)', '42501');
SELECT test.raises('SELECT lo_create(0)', '42501');
SELECT test.raises('CREATE TEMPORARY TABLE kept (n integer)', '42501');
SELECT test.raises('CREATE TABLE public.kept (n integer)', '42501');
SELECT test.raises('SELECT ext.crypt(''a'', ''b'')', '42501');

-- Policies call the function on behalf of whoever reads, so the answer is asked for as they do.
RESET SESSION AUTHORIZATION;
CREATE VIEW test.tenant_seen AS SELECT auth.bi_tenant_id() AS tenant_id;
GRANT SELECT ON test.tenant_seen TO PUBLIC;
SET LOCAL SESSION AUTHORIZATION bi_0badcafe;
SELECT test.equals('the tenant of the login', v.tenant_id, test.tenant(2)) FROM test.tenant_seen AS v;
RESET SESSION AUTHORIZATION;
SET LOCAL SESSION AUTHORIZATION bi_0badbeef;
SELECT test.equals('the tenant of a login that has none', v.tenant_id, NULL) FROM test.tenant_seen AS v;
RESET SESSION AUTHORIZATION;
SET LOCAL SESSION AUTHORIZATION pgserver;
SET LOCAL ROLE member;
SELECT test.equals('the tenant of the server''s request', v.tenant_id, test.tenant(1)) FROM test.tenant_seen AS v;
