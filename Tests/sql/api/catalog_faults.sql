-- A catalog that stands says nothing; each way to break it is told by its own sentence. Every case is undone before
-- the next.
RESET ROLE;
SELECT test.equals('the catalog as deployed', array_agg(f), NULL) FROM api.catalog_faults() AS f;

CREATE FUNCTION autopack.good(id uuid, "limit" core.page_limit DEFAULT 20)
RETURNS json LANGUAGE plpgsql STABLE SET search_path = '' AS $$BEGIN RETURN '{}'; END$$;
COMMENT ON FUNCTION autopack.good(uuid, core.page_limit) IS 'Good.';
REVOKE ALL ON FUNCTION autopack.good(uuid, core.page_limit) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION autopack.good(uuid, core.page_limit) TO anon, member;

CREATE FUNCTION test.breaks(change text, fault text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_faults text[];
BEGIN
    BEGIN
        EXECUTE breaks.change;
        v_faults := ARRAY(SELECT f FROM api.catalog_faults() AS f);
        RAISE EXCEPTION USING ERRCODE = 'UNDO0';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        NULL;
    END;
    IF NOT EXISTS (SELECT FROM unnest(v_faults) AS f (said) WHERE f.said LIKE breaks.fault) THEN
        RAISE EXCEPTION '% told % and not %', breaks.change, v_faults, breaks.fault;
    END IF;
END;
$$;
CREATE FUNCTION test.stands(change text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_faults text[];
BEGIN
    BEGIN
        EXECUTE stands.change;
        v_faults := ARRAY(SELECT f FROM api.catalog_faults() AS f);
        RAISE EXCEPTION USING ERRCODE = 'UNDO0';
    EXCEPTION WHEN SQLSTATE 'UNDO0' THEN
        PERFORM test.equals(stands.change, v_faults, '{}');
    END;
END;
$$;

SELECT test.stands($$SELECT api.route('GET /testing/{id}', 'autopack.good')$$);
SELECT test.stands($$SELECT api.route('POST /testing/{id}:run', 'autopack.good', auth => 'optional', rate => 'run_start')$$);
SELECT test.stands($$SELECT api.route('GET /testing/{id...}', 'autopack.good', permission => 'audit.read')$$);
SELECT test.stands($$SELECT api.route('GET /testing', 'autopack.good', sources => '{"id": "header:X-Thing"}')$$);

-- A body that is streamed.
CREATE FUNCTION autopack.upload(name text, upload jsonb DEFAULT NULL)
RETURNS json LANGUAGE plpgsql VOLATILE AS $$BEGIN RETURN '{}'; END$$;
COMMENT ON FUNCTION autopack.upload(text, jsonb) IS 'Good.';
REVOKE ALL ON FUNCTION autopack.upload(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION autopack.upload(text, jsonb) TO anon, member;
SELECT test.stands($$SELECT api.route('PUT /testing', 'autopack.upload', chunks => 'core.append_file')$$);
SELECT test.breaks($$SELECT api.route('PUT /testing', 'autopack.upload', chunks => 'core.append')$$, '%function core.append(jsonb, integer, bytea) RETURNS void%does not exist.');
SELECT test.breaks($$SELECT api.route('PATCH /testing', 'autopack.upload', chunks => 'core.append_file')$$, '%with POST or PUT%');
SELECT test.breaks($$SELECT api.route('PUT /testing', 'autopack.upload', auth => 'optional', chunks => 'core.append_file')$$, '%by somebody signed in%');
SELECT test.breaks($$SELECT api.route('PUT /testing', 'autopack.upload', chunks => 'core.append_file', sources => '{"upload": "query"}')$$, '%parameter upload%');
SELECT test.breaks($$SELECT api.route('PUT /testing', 'autopack.upload', chunks => 'core.append_file', sources => '{"name": "body"}')$$, '%no other reads the body.');

-- The function.
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.missing')$$, 'GET /testing/{id}: function autopack.missing does not exist.');
SELECT test.breaks($$CREATE FUNCTION autopack.good() RETURNS json LANGUAGE sql STABLE RETURN '{}'::json; SELECT api.route('GET /testing', 'autopack.good')$$, '%has 2 signatures%');
SELECT test.breaks($$ALTER FUNCTION autopack.good VOLATILE; SELECT api.route('GET /testing/{id}', 'autopack.good')$$, '%is VOLATILE; a GET route needs a STABLE one.');
SELECT test.breaks($$ALTER FUNCTION autopack.good SECURITY DEFINER RESET search_path; SELECT api.route('GET /testing/{id}', 'autopack.good')$$, '%no SET search_path.');
SELECT test.breaks($$REVOKE EXECUTE ON FUNCTION autopack.good FROM member; SELECT api.route('GET /testing/{id}', 'autopack.good')$$, '%role member may not execute autopack.good.');
SELECT test.breaks($$REVOKE EXECUTE ON FUNCTION autopack.good FROM anon; SELECT api.route('GET /testing/{id}', 'autopack.good', auth => 'optional')$$, '%role anon may not execute autopack.good.');
SELECT test.breaks($$GRANT EXECUTE ON FUNCTION autopack.good TO PUBLIC; SELECT api.route('GET /testing/{id}', 'autopack.good')$$, '%PUBLIC may execute autopack.good.');
SELECT test.breaks($$COMMENT ON FUNCTION autopack.good IS NULL; SELECT api.route('GET /testing/{id}', 'autopack.good')$$, '%has no comment%');
SELECT test.breaks($$CREATE FUNCTION autopack.bad() RETURNS integer LANGUAGE sql STABLE RETURN 1; SELECT api.route('GET /testing', 'autopack.bad')$$, '%autopack.bad returns integer%');
SELECT test.breaks($$CREATE FUNCTION autopack.bad() RETURNS SETOF json LANGUAGE sql STABLE BEGIN ATOMIC SELECT '{}'::json; END; SELECT api.route('GET /testing', 'autopack.bad')$$, '%autopack.bad returns json%');
SELECT test.breaks($$CREATE FUNCTION autopack.bad(text) RETURNS json LANGUAGE sql STABLE RETURN '{}'::json; SELECT api.route('GET /testing', 'autopack.bad')$$, '%input parameters that all have names.');
SELECT test.breaks($$CREATE FUNCTION autopack.bad(VARIADIC ids text[]) RETURNS json LANGUAGE sql STABLE RETURN '{}'::json; SELECT api.route('GET /testing', 'autopack.bad')$$, '%input parameters that all have names.');
SELECT test.breaks($$CREATE FUNCTION autopack.bad() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1; END; SELECT api.route('POST /testing', 'autopack.bad')$$, '%needs status 204.');

-- The path and the sources.
SELECT test.breaks($$SELECT api.route('GET /testing/{other}', 'autopack.good')$$, '%path parameter {other} is no parameter of autopack.good.');
SELECT test.breaks($$SELECT api.route('GET /testing/{id...}/more', 'autopack.good')$$, '%the path is not written%');
SELECT test.breaks($$SELECT api.route('GET /testing//{id}', 'autopack.good')$$, '%the path is not written%');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', sources => '{"nobody": "query"}')$$, '%sources names nobody%');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', sources => '{"limit": "cookie:x"}')$$, '%has the source "cookie:x"%');
SELECT test.breaks($$SELECT api.route('GET /testing', 'autopack.good', sources => '{"id": "path"}')$$, '%reads {id}, which the path does not have.');
SELECT test.breaks($$SELECT api.route('POST /testing', 'autopack.good', sources => '{"id": "whole_body"}')$$, '%takes the whole body%');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good'); SELECT api.route('GET /testing/{limit}', 'autopack.good')$$, 'GET /testing/{id} and /testing/{limit} differ only%');

-- What a route refers to.
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', dialect => 'klingon')$$, '%dialect klingon does not exist.');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', rate => 'never')$$, '%has no rate policy for class never.');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', permission => 'nobody.has')$$, '%no role carries permission nobody.has.');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', envelope => '{"a":${nothing}}')$$, '%success template has the unknown slot nothing.');
SELECT test.breaks($$SELECT api.route('GET /testing/{id}', 'autopack.good', unavailable => '{"a":[[timestamp:1}')$$, '%unavailable template has an unbalanced section.');

-- Dialects, problems, rate policies.
SELECT test.breaks($$DELETE FROM api.problems WHERE dialect = 'etl' AND code = 'too_slow'$$, 'Dialect etl: it says nothing for too_slow.');
SELECT test.breaks($$UPDATE api.dialects SET error_template = '{${oops}}' WHERE dialect = 'etl'$$, 'Dialect etl: its error template has the unknown slot oops.');
SELECT test.breaks($$UPDATE api.dialects SET page_headers = '{"X": "${items}"}' WHERE dialect = 'etl'$$, 'Dialect etl: its page_header template%');
SELECT test.breaks($$UPDATE api.dialects SET request_id_form = 'constant' WHERE dialect = 'etl'$$, 'Dialect etl: its request id form%');
SELECT test.breaks($$UPDATE api.dialects SET inherits = 'auterity_auth' WHERE dialect = 'etl'$$, 'Dialect etl: it inherits auterity_auth%');
SELECT test.breaks($$UPDATE api.dialects SET auth_setting = 'auth.issuer', open_claims = '{}' WHERE dialect = 'etl'$$, 'Dialect etl: setting auth.issuer%');
SELECT test.breaks($$UPDATE api.dialects SET prefixes = prefixes || '/nlp'::text WHERE dialect = 'etl'$$, '%prefix /nlp belongs to%');
SELECT test.breaks($$UPDATE api.dialects SET prefixes = '{}' WHERE dialect = 'server'$$, 'No dialect has the prefix /%');
SELECT test.breaks($$SELECT api.problem('klingon', 'invalid', 400)$$, 'Problem invalid of dialect klingon%');
SELECT test.breaks($$SELECT core.declare_rate_policy('klingon', 'x', 'address', 'window', 1, 1, 0)$$, 'Rate class x of dialect klingon%');
SELECT test.breaks($$SELECT core.declare_rate_policy('etl', 'x', 'address', 'window', 1, 1, 0, 'plan', 'Pro')$$, 'Rate class x of dialect etl: nobody but plan Pro%');

-- What the tables refuse at once.
SELECT test.raises($$SELECT api.route('/testing', 'autopack.good')$$,                                           '22023');
SELECT test.raises($$SELECT api.route('BREW /testing', 'autopack.good')$$,                                      '23514', 'routes_method_check');
SELECT test.raises($$SELECT api.route('GET /testing', 'autopack.good', status => 404)$$,                        '23514', 'routes_success_status_check');
SELECT test.raises($$SELECT api.route('GET /testing', 'autopack.good', timeout => '1 h')$$,                     '23514', 'routes_timeout_ms_check');
SELECT test.raises($$SELECT api.route('GET /testing', 'autopack.good', auth => 'none', permission => 'a.b')$$,  '23514', 'routes_permission_check');
SELECT test.raises($$SELECT api.route('GET /testing', 'good')$$,                                                '23514', 'routes_function_form_check');
SELECT test.raises($$SELECT api.problem('etl', 'x', 200)$$,                                                     '23514', 'problems_status_check');
SELECT test.raises($$SELECT core.declare_rate_policy('etl', 'x', 'address', 'window', 0, 1, 0)$$,               '23514', 'rate_policies_limit_count_check');
SELECT test.raises($$SELECT core.declare_rate_policy('etl', 'x', 'address', 'window', 1, 0, 0)$$,               '23514', 'rate_policies_window_seconds_check');
SELECT test.raises($$SELECT core.declare_rate_policy('etl', 'x', 'address', 'bucket', 1, 1, 0)$$,               '23514', 'rate_policies_burst_check');

-- A broken catalog is not published.
SELECT api.route('GET /testing/{id}', 'autopack.missing');
SELECT test.raises('SELECT api.publish()', 'PT500', 'GET /testing/{id}: function autopack.missing does not exist.');
