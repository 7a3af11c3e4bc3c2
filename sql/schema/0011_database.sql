-- Runs as: administrator
--
-- Schemas, extensions, and what PUBLIC loses in this database.

DO $$
DECLARE
    v_schema text;
BEGIN
    FOREACH v_schema IN ARRAY ARRAY[
        'auth', 'core', 'api', 'work', 'data', 'flow', 'ai', 'build', 'release',
        'autonomos', 'etl', 'auterity', 'autopack', 'orchestrator', 'ext'
    ] LOOP
        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION pgserver_owner', v_schema);
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', v_schema);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO anon, member, worker', v_schema);
    END LOOP;
    FOREACH v_schema IN ARRAY ARRAY['auth', 'core', 'work', 'data', 'flow', 'ai', 'build', 'release', 'ext'] LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO bi_owner', v_schema);
    END LOOP;
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO pgserver, bi_reader', current_database());
END;
$$;

CREATE SCHEMA IF NOT EXISTS bi AUTHORIZATION bi_owner;
REVOKE ALL ON SCHEMA bi FROM PUBLIC;
GRANT USAGE ON SCHEMA bi TO bi_reader, member;
GRANT USAGE ON SCHEMA api, auth TO pgserver;

COMMENT ON SCHEMA bi           IS 'Views for analysts: the rows of the connected login''s tenant, and of nobody else.';
COMMENT ON SCHEMA api          IS 'What the server knows of the outside: routes, dialects, codes; helpers of endpoints.';
COMMENT ON SCHEMA auth         IS 'Users, tenants, memberships, sessions, keys.';
COMMENT ON SCHEMA core         IS 'Settings, rate policies, the audit log, and the domains of values.';
COMMENT ON SCHEMA ext          IS 'Extensions.';
COMMENT ON SCHEMA autonomos    IS 'Endpoints of AutonomOS.';
COMMENT ON SCHEMA etl          IS 'Endpoints of AI-ETL.';
COMMENT ON SCHEMA auterity     IS 'Endpoints of Auterity.';
COMMENT ON SCHEMA autopack     IS 'Endpoints of Autopack.';
COMMENT ON SCHEMA orchestrator IS 'Endpoints of the release orchestrator.';

-- The public schema may belong to a role the administrator cannot act for.
DO $$
BEGIN
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'schema public keeps its privileges: % may not change them', current_user;
END;
$$;

ALTER DEFAULT PRIVILEGES FOR ROLE pgserver_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE bi_owner       REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE bi_owner IN SCHEMA bi GRANT SELECT ON TABLES TO bi_reader;

CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA ext;
CREATE EXTENSION IF NOT EXISTS pg_trgm  SCHEMA ext;

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA ext;
    GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO pgserver_owner;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'postgres_fdw is not installed: % may not create it', current_user;
END;
$$;

-- What a BI login could otherwise reach past its views: other databases, the advisory locks the server is elected
-- by, and large objects. Where the administrator does not own these functions they stay as they are, and the notice
-- says so.
DO $$
DECLARE
    v_function record;
    v_kept     integer := 0;
BEGIN
    FOR v_function IN
        SELECT
            p.oid::regprocedure AS signature,
            pg_has_role(p.proowner, 'USAGE') AS is_ours,
            CASE
                WHEN e.extname IN ('postgres_fdw', 'dblink') THEN 'pgserver_owner'
                WHEN e.extname = 'pg_trgm'                   THEN 'pgserver_owner, member, worker, bi_owner, bi_reader'
                WHEN p.proname IN ('digest', 'hmac')         THEN 'pgserver_owner, member, worker'
                WHEN e.extname IS NOT NULL                   THEN 'pgserver_owner'
                WHEN p.proname LIKE 'lo\_%'                  THEN 'pgserver_owner'
                ELSE format('pgserver_owner, pgserver, anon, member, worker, %I', current_user)
            END AS grantees
        FROM pg_catalog.pg_proc AS p
        LEFT JOIN pg_catalog.pg_depend AS d
            ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        LEFT JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
        WHERE e.extname IN ('pgcrypto', 'pg_trgm', 'postgres_fdw', 'dblink')
           OR (p.pronamespace = 'pg_catalog'::regnamespace
               AND (p.proname LIKE 'pg\_advisory\_%' OR p.proname LIKE 'pg\_try\_advisory\_%'
                    OR p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite')))
    LOOP
        IF v_function.is_ours THEN
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function.signature);
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', v_function.signature, v_function.grantees);
        ELSE
            v_kept := v_kept + 1;
        END IF;
    END LOOP;
    IF v_kept > 0 THEN
        RAISE NOTICE '% functions stay executable by PUBLIC: % may not change them', v_kept, current_user;
    END IF;
END;
$$;
