-- What the server's login may do, asked of the catalog: become one of three roles, and nothing that is its own.
RESET ROLE;
SELECT test.equals('the role', to_jsonb(r), '{"login": true, "super": false, "create_role": false, "create_db": false,
    "replication": false, "bypass": false, "inherit": false}')
FROM (
    SELECT rolcanlogin AS login, rolsuper AS super, rolcreaterole AS create_role, rolcreatedb AS create_db,
        rolreplication AS replication, rolbypassrls AS bypass, rolinherit AS inherit
    FROM pg_roles WHERE rolname = 'pgserver'
) AS r;
SELECT test.equals('what it may become', array_agg(r.rolname::text ORDER BY r.rolname), array['anon', 'member', 'pgserver', 'worker'])
FROM pg_roles AS r WHERE pg_has_role('pgserver', r.oid, 'MEMBER');

-- Everything that has an owner refers to it in pg_shdepend.
SELECT test.equals('what it or its roles own, in any database', string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', '), NULL)
FROM pg_shdepend AS d
WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
    AND d.refobjid IN (SELECT r.oid FROM pg_roles AS r WHERE r.rolname IN ('pgserver', 'anon', 'member', 'worker'));
SELECT test.equals('roles that pass policies by or may log in', string_agg(r.rolname, ', '), NULL)
FROM pg_roles AS r
WHERE r.rolname IN ('anon', 'member', 'worker') AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin OR r.rolcreaterole OR r.rolcreatedb);

SELECT test.equals('schemas it or its roles may add to', string_agg(r.rolname || ' in ' || n.nspname, ', '), NULL)
FROM pg_namespace AS n CROSS JOIN pg_roles AS r
WHERE r.rolname IN ('pgserver', 'anon', 'member', 'worker') AND has_schema_privilege(r.oid, n.oid, 'CREATE')
    AND n.nspname !~ '^pg_(temp|toast_temp)_';
SELECT test.equals('databases it or its roles may add to', string_agg(r.rolname, ', '), NULL)
FROM pg_roles AS r
WHERE r.rolname IN ('pgserver', 'anon', 'member', 'worker') AND has_database_privilege(r.oid, current_database(), 'CREATE, TEMPORARY');

-- Tables are for the roles it becomes, where policies hold; as itself it reads none that belongs to tenants.
SELECT test.equals('tables of tenants that it may touch as itself', string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid::regclass::text), NULL)
FROM pg_class AS c
WHERE c.relkind IN ('r', 'p') AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
    AND has_table_privilege('pgserver', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER');
SELECT test.equals('tables that anybody but their owner may empty or change the shape of', string_agg(c.oid::regclass::text, ', '), NULL)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace CROSS JOIN pg_roles AS r
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND r.rolname IN ('pgserver', 'anon', 'member', 'worker')
    AND n.nspname !~ '^pg_(temp|toast)' AND has_table_privilege(r.oid, c.oid, 'TRUNCATE, REFERENCES, TRIGGER');

-- And tried, as the login itself.
SET SESSION AUTHORIZATION pgserver;
SELECT test.raises('CREATE TABLE public.mine (a integer)', '42501');
SELECT test.raises('CREATE SCHEMA mine', '42501');
SELECT test.raises('CREATE TEMPORARY TABLE mine (a integer)', '42501');
SELECT test.raises('CREATE ROLE mine', '42501');
SELECT test.raises('SELECT * FROM auth.users', '42501');
SELECT test.raises('SET ROLE pgserver_owner', '42501');
RESET SESSION AUTHORIZATION;
