-- Runs as: administrator
--
-- What domain `data` needs beyond its owner's rights: two schemas that nobody else may enter, and one role that reads
-- the opportunities of all tenants, for a materialized view that only a tenant-filtering view shows.

CREATE SCHEMA IF NOT EXISTS data_source AUTHORIZATION pgserver_owner;
REVOKE ALL ON SCHEMA data_source FROM PUBLIC;
COMMENT ON SCHEMA data_source IS
    'Foreign tables of connected sources. Nobody but the owner may name one; functions of data read them.';

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'data_refresher') THEN
        CREATE ROLE data_refresher NOLOGIN NOINHERIT;
    END IF;
    IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user) THEN
        EXECUTE format('GRANT data_refresher TO %I', current_user);
    END IF;
    -- REFRESH … CONCURRENTLY compares by way of a temporary table of the view's owner.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO data_refresher', current_database());
END;
$$;
COMMENT ON ROLE data_refresher IS 'Owns the materialized views that span tenants, and reads what they are made of.';

CREATE SCHEMA IF NOT EXISTS data_summary AUTHORIZATION data_refresher;
REVOKE ALL ON SCHEMA data_summary FROM PUBLIC;
GRANT USAGE ON SCHEMA data_summary TO bi_owner, pgserver_owner;
COMMENT ON SCHEMA data_summary IS
    'Materialized views over all tenants. They know no row-level security, so only views of bi that filter may read them.';

-- A BI login writes nothing, not even messages into the write-ahead log, which anybody may by default.
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text)  FROM PUBLIC;
    REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, bytea) FROM PUBLIC;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'pg_logical_emit_message stays executable by PUBLIC: % may not change it', current_user;
END;
$$;
