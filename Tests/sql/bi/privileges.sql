-- What a BI login may do, asked of the catalog: read the views of schema bi, and nothing else that is ours.
RESET ROLE;
SELECT set_config('test.role', l.role_name, true) FROM auth.create_bi_login(test.tenant(1), 'a report') AS l \g /dev/null

SELECT test.equals('the role', to_jsonb(r), '{"login": true, "super": false, "create_role": false, "create_db": false,
    "replication": false, "bypass": false, "inherit": true, "connections": 5}')
FROM (
    SELECT rolcanlogin AS login, rolsuper AS super, rolcreaterole AS create_role, rolcreatedb AS create_db,
        rolreplication AS replication, rolbypassrls AS bypass, rolinherit AS inherit, rolconnlimit AS connections
    FROM pg_roles WHERE rolname = current_setting('test.role')
) AS r;
SELECT test.equals('what it may become', array_agg(r.rolname ORDER BY r.rolname), array[current_setting('test.role'), 'bi_reader']::name[])
FROM pg_roles AS r WHERE pg_has_role(current_setting('test.role'), r.oid, 'MEMBER');
SELECT test.is_true('its password is a SCRAM verifier', a.rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid AS a WHERE a.rolname = current_setting('test.role');
SELECT test.equals('its defaults', count(*), 6) FROM pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS c
WHERE s.setrole = current_setting('test.role')::regrole;

SELECT test.equals('relations outside bi', string_agg(c.oid::regclass::text, ', '), NULL)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'bi') AND n.nspname !~ '^pg_(temp|toast_temp)_'
    AND CASE c.relkind
        WHEN 'S' THEN has_sequence_privilege(current_setting('test.role'), c.oid, 'USAGE, SELECT, UPDATE')
        WHEN 'i' THEN false WHEN 'I' THEN false WHEN 'c' THEN false
        ELSE has_table_privilege(current_setting('test.role'), c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
            OR has_any_column_privilege(current_setting('test.role'), c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
    END;
SELECT test.equals('what it may do in bi but read', string_agg(c.oid::regclass::text, ', '), NULL)
FROM pg_class AS c
WHERE c.relnamespace = 'bi'::regnamespace AND (
    c.relkind <> 'v' OR NOT has_table_privilege(current_setting('test.role'), c.oid, 'SELECT')
    OR has_table_privilege(current_setting('test.role'), c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(current_setting('test.role'), c.oid, 'INSERT, UPDATE, REFERENCES'));
SELECT test.equals('schemas it may enter', string_agg(n.nspname, ',' ORDER BY n.nspname), 'bi')
FROM pg_namespace AS n
WHERE has_schema_privilege(current_setting('test.role'), n.oid, 'USAGE') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'test')
    AND n.nspname !~ '^pg_(temp|toast_temp)_';
SELECT test.equals('schemas it may add to', string_agg(n.nspname, ','), NULL)
FROM pg_namespace AS n WHERE has_schema_privilege(current_setting('test.role'), n.oid, 'CREATE') AND n.nspname !~ '^pg_(temp|toast_temp)_';
SELECT test.equals('what it may do with the database', array_agg(p ORDER BY p), array['CONNECT'])
FROM unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) AS p WHERE has_database_privilege(current_setting('test.role'), current_database(), p);
-- Of our functions it needs one to be called for it, by the policies; being unable to enter schema auth it cannot call it itself.
SELECT test.equals('functions outside the system, and those of it that reach past a session', string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.oid::regprocedure::text), NULL)
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
WHERE has_function_privilege(current_setting('test.role'), p.oid, 'EXECUTE')
    AND n.nspname !~ '^(information_schema|test|pg_temp_\d+)$' AND n.nspname || '.' || p.proname <> 'auth.bi_tenant_id'
    AND CASE n.nspname
        -- Slots and the forms called old check for themselves; unlocking what one cannot lock does nothing.
        WHEN 'pg_catalog' THEN p.proname !~ '^pg_advisory_unlock|_old$' AND p.proname ~
            '^(lo_|loread$|lowrite$|pg_advisory_|pg_try_advisory_|pg_read_|pg_ls_|pg_stat_file|pg_reload_|pg_rotate_|pg_promote|pg_switch_|pg_logical_emit_)'
        ELSE has_schema_privilege(current_setting('test.role'), n.oid, 'USAGE')
            OR p.prosecdef
    END;
SELECT test.equals('foreign servers, wrappers and languages', string_agg(f.name, ','), NULL)
FROM (
    SELECT srvname::text AS name FROM pg_foreign_server WHERE has_server_privilege(current_setting('test.role'), oid, 'USAGE')
    UNION ALL SELECT fdwname FROM pg_foreign_data_wrapper WHERE has_foreign_data_wrapper_privilege(current_setting('test.role'), oid, 'USAGE')
    UNION ALL SELECT lanname FROM pg_language WHERE lanpltrusted AND lanname NOT IN ('sql', 'plpgsql') AND has_language_privilege(current_setting('test.role'), oid, 'USAGE')
) AS f;

-- Each view and each of its columns says what it means.
SELECT test.equals('views and columns without a comment', string_agg(c.relname || COALESCE('.' || a.attname, ''), ', '), NULL)
FROM pg_class AS c
CROSS JOIN LATERAL (
    SELECT NULL::name AS attname, 0 AS attnum UNION ALL SELECT a.attname, a.attnum FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0
) AS a
WHERE c.relnamespace = 'bi'::regnamespace AND col_description(c.oid, a.attnum) IS NULL AND (a.attnum > 0 OR obj_description(c.oid, 'pg_class') IS NULL);

-- The other things an operator does with a login.
SELECT test.equals('the list', array[l.tenant_id::text, l.tenant_name, l.label], array[test.tenant(1)::text, 'Test tenant 1', 'a report'])
FROM auth.list_bi_logins(test.tenant(1)) AS l;
SELECT test.is_true('a new password', auth.rotate_bi_login(current_setting('test.role')) ~ '^[A-Za-z0-9_-]{43}$');
SELECT test.raises(format('SELECT auth.create_bi_login(%L)', gen_random_uuid()), '23503', 'bi_logins_tenant_id_fkey');
SELECT test.raises($$SELECT auth.drop_bi_login('pgserver')$$, 'PT404', 'not_found');
SELECT test.raises($$SELECT auth.rotate_bi_login('postgres')$$, 'PT404', 'not_found');
SELECT auth.drop_bi_login(current_setting('test.role')) \g /dev/null
SELECT test.equals('what is left of it', count(*), 0) FROM pg_roles WHERE rolname = current_setting('test.role');
SELECT test.become_member(1);
SELECT test.raises(format('SELECT auth.create_bi_login(%L)', test.tenant(1)), '42501');
SELECT test.raises('SELECT auth.list_bi_logins()', '42501');
