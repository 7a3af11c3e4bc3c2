-- What somebody with a BI login might try. The tenant is the login's, whatever the session says.
RESET ROLE;
INSERT INTO data.connections (tenant_id, slug, name, connection_type, source_system, configuration)
SELECT test.tenant(n), 'source', 'Source of ' || n, 'postgres', 'crm', '{"host": "8.8.8.8"}' FROM generate_series(1, 2) AS n;
INSERT INTO data.sync_runs (tenant_id, connection_id, mapping_id, entity)
SELECT c.tenant_id, c.connection_id, gen_random_uuid(), 'account' FROM data.connections AS c WHERE c.tenant_id IN (test.tenant(1), test.tenant(2));
-- The neighbour's values fail every cast, so a condition that meets one is heard of.
INSERT INTO data.accounts (tenant_id, account_id, name, industry)
VALUES (test.tenant(1), '1', '11', '1'), (test.tenant(2), 'secret', 'secret of tenant 2', 'secret');
INSERT INTO data.contacts (tenant_id, contact_id, email) VALUES (test.tenant(1), '1', '11'), (test.tenant(2), 'secret', 'secret');
INSERT INTO data.opportunities (tenant_id, opportunity_id, name, stage, amount, currency, close_date, probability)
VALUES
    (test.tenant(1), '1', '11', '1', 100.0, 'EUR', '2025-12-31', 0.5), (test.tenant(1), '2', '12', '1', 50.0, 'EUR', '2025-12-01', 0.1),
    (test.tenant(1), '3', '13', NULL, NULL, NULL, NULL, NULL), (test.tenant(2), 'secret', 'secret', 'secret', 7.0, 'USD', '2025-12-31', 1.0);
SELECT data.refresh_pipeline() \g /dev/null
SELECT set_config('test.role', l.role_name, true) FROM auth.create_bi_login(test.tenant(1)) AS l \g /dev/null
SELECT set_config('test.two', l.role_name, true) FROM auth.create_bi_login(test.tenant(2)) AS l \g /dev/null
-- The runner's settings name another tenant than the login's.
SELECT set_config('request.tenant_id', test.tenant(2)::text, true) \g /dev/null
SET LOCAL search_path = bi;
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec

-- It sees its tenant's rows in every view, and only those.
SELECT test.equals(v.name, v.rows, v.wanted)
FROM (
    SELECT 'accounts' AS name, jsonb_agg(account_id) AS rows, '["1"]'::jsonb AS wanted FROM bi.accounts
    UNION ALL SELECT 'contacts', jsonb_agg(contact_id), '["1"]' FROM bi.contacts
    UNION ALL SELECT 'opportunities', jsonb_agg(opportunity_id ORDER BY opportunity_id), '["1", "2", "3"]' FROM bi.opportunities
    UNION ALL SELECT 'connections', jsonb_agg(connection_name), '["Source of 1"]' FROM bi.connections
    UNION ALL SELECT 'sync_runs', jsonb_agg(entity), '["account"]' FROM bi.sync_runs
    UNION ALL SELECT 'pipeline_by_month', jsonb_agg(jsonb_build_array(close_month, stage, currency, opportunity_count, total_amount, weighted_amount) ORDER BY stage),
        '[["2025-12-01", "1", "EUR", 2, 150.0, 55.0], [null, null, null, 1, null, null]]' FROM bi.pipeline_by_month
) AS v;

-- A leaky condition is asked about its own rows only: it would raise on the neighbour's.
SELECT test.equals('leaky casts', (
    SELECT count(*) FROM bi.accounts WHERE account_id::int > 0 AND industry::int > 0) + (
    SELECT count(*) FROM bi.contacts WHERE contact_id::int > 0) + (
    SELECT count(*) FROM bi.opportunities WHERE opportunity_id::int > 0) + (
    SELECT count(*) FROM bi.pipeline_by_month WHERE stage::int > 0), 6);
SELECT test.equals('a join that looks around', count(*), 1) FROM bi.accounts AS a JOIN bi.accounts AS b ON a.account_id::int = b.account_id::int;

-- Settings, roles and prepared statements change nothing.
SET LOCAL request.tenant_id = '00000000-0000-4000-8000-000000000020';
SELECT test.equals('after SET', count(*), 1) FROM bi.accounts;
SELECT set_config('request.tenant_id', '00000000-0000-4000-8000-000000000020', true), set_config('row_security', 'on', true) \g /dev/null
SELECT test.equals('after set_config', count(*), 1) FROM bi.accounts;
SET LOCAL ROLE bi_reader;
SELECT test.equals('as bi_reader', count(*), 1) FROM bi.accounts;
PREPARE seen AS SELECT account_id FROM bi.accounts;
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec
SELECT test.equals('a statement prepared before', account_id, '1') FROM (SELECT account_id FROM bi.accounts) AS a;

SELECT test.raises(s.statement, s.state)
FROM (VALUES
    -- Somebody else.
    ('SET ROLE member', '42501'), ('SET ROLE pgserver', '42501'), ('SET ROLE bi_owner', '42501'), ('SET ROLE pgserver_owner', '42501'),
    ('SET ROLE data_refresher', '42501'), ('SET ROLE postgres', '42501'), ('GRANT member TO CURRENT_USER', '42501'),
    ('ALTER ROLE CURRENT_USER CREATEROLE', '42501'), ('ALTER ROLE CURRENT_USER CONNECTION LIMIT 100', '42501'),
    ('CREATE ROLE friend', '42501'),
    -- What lies behind the views.
    ('SELECT 1 FROM data.accounts', '42501'), ('SELECT 1 FROM data.connection_secrets', '42501'), ('SELECT 1 FROM auth.users', '42501'),
    ('SELECT 1 FROM auth.bi_logins', '42501'), ('SELECT 1 FROM core.audit_log', '42501'), ('SELECT 1 FROM api.routes', '42501'),
    ('SELECT 1 FROM data_summary.pipeline_by_stage_month', '42501'), ('SELECT auth.bi_tenant_id()', '42501'),
    ('SELECT auth.create_bi_login(NULL)', '42501'), ('SELECT data.sync(NULL)', '42501'), ('SELECT data.refresh_pipeline()', '42501'),
    ('SELECT core.setting(NULL)', '42501'), ('SELECT api.signing_keys()', '42501'), ('TABLE pg_authid', '42501'),
    ('TABLE pg_user_mapping', '42501'), ('TABLE pg_statistic', '42501'),
    -- Writing, and things of one's own that could listen.
    ('INSERT INTO bi.accounts (account_name) VALUES (1)', '42501'), ('UPDATE bi.accounts SET account_name = 1', '42501'),
    ('DELETE FROM bi.accounts', '42501'), ('LOCK bi.accounts IN ACCESS EXCLUSIVE MODE', '42501'), ('DROP VIEW bi.accounts', '42501'),
    ('CREATE VIEW bi.mine AS SELECT 1', '42501'), ('CREATE TABLE public.mine ()', '42501'), ('CREATE TEMP TABLE mine ()', '42501'),
    ('CREATE SCHEMA mine', '42501'), ('CREATE FUNCTION bi.leak(text) RETURNS bool LANGUAGE sql AS $x$SELECT true$x$', '42501'),
    ('CREATE FUNCTION pg_temp.leak(text) RETURNS bool LANGUAGE sql AS $x$SELECT true$x$', '42501'),
    ('CREATE OPERATOR bi.<<< (leftarg = text, rightarg = text, function = texteq)', '42501'),
    ('CREATE EXTENSION dblink', '42501'), ('CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw', '42501'),
    -- Outside the database.
    ('COPY bi.accounts TO PROGRAM $x$cat$x$', '42501'), ('COPY (SELECT 1) TO $x$/x$x$', '42501'),
    ('SELECT pg_read_file($x$PG_VERSION$x$)', '42501'), ('SELECT pg_ls_dir($x$.$x$)', '42501'), ('SELECT lo_import($x$/etc/passwd$x$)', '42501'),
    ('SELECT lo_create(0)', '42501'), ('SELECT lo_from_bytea(0, $x$x$x$)', '42501'),
    ('SELECT pg_reload_conf()', '42501'), ('SELECT pg_logical_emit_message(false, $x$x$x$, $x$x$x$)', '42501'), ('LOAD $x$dblink$x$', '42501'),
    -- Locks by which the server elects and serialises.
    ('SELECT pg_advisory_lock(1)', '42501'), ('SELECT pg_try_advisory_xact_lock(1)', '42501')
) AS s (statement, state);
SELECT test.equals('statistics of what it may not read', count(*), 0)
FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema');
SELECT test.equals('statements of others', count(*), 0) FROM pg_stat_activity AS a
WHERE a.usename <> session_user AND a.query NOT IN ('', '<insufficient privilege>');

-- EXPLAIN shows how, not what: the neighbour's values are not in it.
DO $$
DECLARE
    v_line text;
BEGIN
    FOR v_line IN EXPLAIN (VERBOSE, ANALYZE) SELECT * FROM bi.accounts WHERE account_name > 'a' LOOP
        IF v_line ~ 'secret|000020' THEN
            RAISE EXCEPTION 'EXPLAIN tells: %', v_line;
        END IF;
    END LOOP;
END;
$$;

-- A login whose row is gone has no tenant, and none is not all.
RESET SESSION AUTHORIZATION;
DELETE FROM auth.bi_logins WHERE role_name = current_setting('test.role');
SELECT format('SET LOCAL SESSION AUTHORIZATION %I', current_setting('test.role')) \gexec
SELECT test.equals('rows of no tenant', (SELECT count(*) FROM bi.accounts) + (SELECT count(*) FROM bi.pipeline_by_month) + (SELECT count(*) FROM bi.connections), 0);
RESET SESSION AUTHORIZATION;

