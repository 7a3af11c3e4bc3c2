-- The same few endpoints in every contract, below a path of that contract: what differs between the answers is how the
-- contract writes them.
CREATE SCHEMA sample AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA sample TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE TABLE sample.things (
    tenant_id uuid    NOT NULL DEFAULT auth.tenant_id(),
    thing_id  bigint  GENERATED ALWAYS AS IDENTITY,
    name      text    NOT NULL,
    size      integer NOT NULL,

    CONSTRAINT things_pkey       PRIMARY KEY (tenant_id, thing_id),
    CONSTRAINT things_name_key   UNIQUE (tenant_id, name),
    CONSTRAINT things_size_check CHECK (size <> 13)
);
COMMENT ON CONSTRAINT things_name_key ON sample.things IS 'There is a thing of this name already.';
COMMENT ON CONSTRAINT things_size_check ON sample.things IS 'Nothing has that size.';
ALTER TABLE sample.things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY things_tenant ON sample.things TO member
    USING      (tenant_id = (SELECT auth.tenant_id()))
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
GRANT SELECT, INSERT ON sample.things TO member;

CREATE DOMAIN sample.size AS integer CHECK (VALUE >= 1 AND VALUE <= 50);
CREATE DOMAIN sample.name AS text CHECK (char_length(VALUE) <= 20);

CREATE FUNCTION sample.one()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('id', 7, 'name', 'seven');
END;
$$;
COMMENT ON FUNCTION sample.one() IS 'Shows a thing.';

CREATE FUNCTION sample.missing()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION sample.missing() IS 'Shows a thing that is not there.';

CREATE FUNCTION sample.list_by_offset("limit" sample.size DEFAULT 20, "offset" integer DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    SELECT COALESCE(json_agg(n ORDER BY n), '[]'), 45, count(*)
    INTO v_page.items, v_page.total, v_page.item_count
    FROM generate_series(
        list_by_offset."offset" + 1, LEAST(list_by_offset."offset" + list_by_offset."limit", 45)) AS n;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION sample.list_by_offset(sample.size, integer) IS 'Lists the numbers to 45.';

CREATE FUNCTION sample.list_by_page(page sample.size DEFAULT 1, "limit" sample.size DEFAULT 20)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN sample.list_by_offset(
        list_by_page."limit", ((list_by_page.page - 1) * list_by_page."limit")::integer);
END;
$$;
COMMENT ON FUNCTION sample.list_by_page(sample.size, sample.size) IS 'Lists the numbers to 45.';

CREATE FUNCTION sample.make(name sample.name, size sample.size, rule text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_thing_id bigint;
BEGIN
    CASE make.rule
        WHEN 'blocked' THEN
            PERFORM api.fail('PROMOTION_BLOCKED', 'The gate is closed.', 422, hint => 'Open it.');
        WHEN 'frozen' THEN
            PERFORM api.fail('frozen', 'It is frozen.', 409);
        WHEN 'mistaken' THEN
            PERFORM api.invalid(('name', 'taken', 'is taken')::api.fault, NULL, ('size', 'odd', 'is odd')::api.fault);
        WHEN 'broken' THEN
            RAISE EXCEPTION 'the words of the database';
        WHEN 'full' THEN
            RAISE EXCEPTION USING ERRCODE = 'too_many_connections', MESSAGE = 'the words of the database';
        WHEN 'off' THEN
            PERFORM api.fail('unavailable', 'It is switched off.');
        WHEN 'unreadable' THEN
            PERFORM 'the words of the database'::integer;
        ELSE
            NULL;
    END CASE;
    INSERT INTO sample.things (name, size) VALUES (make.name, make.size) RETURNING thing_id INTO STRICT v_thing_id;
    RETURN json_build_object('id', v_thing_id, 'name', make.name);
END;
$$;
COMMENT ON FUNCTION sample.make(sample.name, sample.size, text) IS 'Makes a thing.';

CREATE FUNCTION sample.wait()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM pg_sleep(60);
    RETURN '{}';
END;
$$;
COMMENT ON FUNCTION sample.wait() IS 'Takes a minute.';

CREATE FUNCTION sample.context()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN current_setting('request.context');
END;
$$;
COMMENT ON FUNCTION sample.context() IS 'Shows what PostgreSQL is told about the request.';

GRANT EXECUTE ON FUNCTION sample.one() TO anon, member;
GRANT EXECUTE ON FUNCTION sample.missing() TO anon, member;
GRANT EXECUTE ON FUNCTION sample.list_by_offset(sample.size, integer) TO anon, member;
GRANT EXECUTE ON FUNCTION sample.list_by_page(sample.size, sample.size) TO anon, member;
GRANT EXECUTE ON FUNCTION sample.make(sample.name, sample.size, text) TO anon, member;
GRANT EXECUTE ON FUNCTION sample.wait() TO anon, member;
GRANT EXECUTE ON FUNCTION sample.context() TO anon, member;

DO $$
DECLARE
    v_contract record;
BEGIN
    FOR v_contract IN
        SELECT c.dialect, c.base, c.is_paged, c.sources
        FROM (VALUES
            ('autonomos',    '/api/v1/dcl/sample',       false, '{}'::jsonb),
            ('etl',          '/api/v1/pipelines/sample', true,  '{"limit": "query:per_page"}'),
            ('auterity',     '/api/sample',              true,  '{}'),
            ('autopack',     '/runs/sample',             false, '{}'),
            ('orchestrator', '/api/v1/sample',           true,  '{"limit": "query:pageSize"}')
        ) AS c (dialect, base, is_paged, sources)
    LOOP
        PERFORM core.declare_rate_policy(v_contract.dialect, 'sample', 'address', 'window', 2, 3600, 0);
        PERFORM api.route('GET ' || v_contract.base || '/one', 'sample.one', v_contract.dialect, 'none');
        PERFORM api.route('GET ' || v_contract.base || '/missing', 'sample.missing', v_contract.dialect, 'none');
        PERFORM api.route('GET ' || v_contract.base || '/context', 'sample.context', v_contract.dialect, 'none');
        PERFORM api.route('GET ' || v_contract.base || '/private', 'sample.one', v_contract.dialect);
        PERFORM api.route('GET ' || v_contract.base || '/secret', 'sample.one', v_contract.dialect,
            permission => 'superuser');
        PERFORM api.route('GET ' || v_contract.base || '/limited', 'sample.one', v_contract.dialect, 'none',
            rate => 'sample');
        PERFORM api.route('GET ' || v_contract.base || '/slow', 'sample.wait', v_contract.dialect, 'none',
            timeout => interval '50 ms');
        PERFORM api.route('GET ' || v_contract.base || '/list',
            CASE WHEN v_contract.is_paged THEN 'sample.list_by_page' ELSE 'sample.list_by_offset' END,
            v_contract.dialect, 'none', sources => v_contract.sources, items_key => 'things');
        PERFORM api.route('POST ' || v_contract.base || '/make', 'sample.make', v_contract.dialect, status => 201,
            max_body => 200);
    END LOOP;
END;
$$;
RESET ROLE;
