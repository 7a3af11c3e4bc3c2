-- Runs as: administrator
--
-- The roles of one deployment. Roles belong to the whole cluster, so a second database of the same cluster finds
-- them and only joins them. Passwords are the operator's: none is set here.

DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['pgserver_owner', 'anon', 'member', 'worker', 'bi_owner', 'bi_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', v_role);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pgserver') THEN
        CREATE ROLE pgserver LOGIN NOINHERIT;
    END IF;
    -- An administrator who is no superuser must be a member of what owns the objects.
    IF NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user) THEN
        EXECUTE format('GRANT pgserver_owner, bi_owner TO %I', current_user);
    END IF;
END;
$$;

GRANT anon, member, worker TO pgserver;

COMMENT ON ROLE pgserver_owner IS 'Owns every schema, table and function but the bi views.';
COMMENT ON ROLE pgserver       IS 'The login of the server. Owns nothing; becomes anon, member or worker for one transaction.';
COMMENT ON ROLE anon           IS 'A request nobody signed in for.';
COMMENT ON ROLE member         IS 'A request of a signed-in user or an API key, inside one tenant.';
COMMENT ON ROLE worker         IS 'A background effect, inside one tenant.';
COMMENT ON ROLE bi_owner       IS 'Owns the views of schema bi, which run with its rights and its row-level policies.';
COMMENT ON ROLE bi_reader      IS 'What every BI login is a member of: may read the views of schema bi, nothing else.';
