-- What every test file begins with: a schema of assertions, two tenants that must never meet, and the session of a
-- member of the first. The runner loads it and the file inside one transaction and rolls both back.
--
-- Tenant n is 00000000-0000-4000-8000-0000000000<n>0, its owner ends in <n>1, its member in <n>2.

CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

CREATE FUNCTION test.equals(what text, got anycompatible, wanted anycompatible)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(equals.got) IS DISTINCT FROM to_jsonb(equals.wanted) THEN
        RAISE EXCEPTION '%: got %, wanted %', equals.what, to_jsonb(equals.got), to_jsonb(equals.wanted);
    END IF;
END;
$$;

CREATE FUNCTION test.is_true(what text, got boolean)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF is_true.got IS NOT TRUE THEN
        RAISE EXCEPTION '% does not hold', is_true.what;
    END IF;
END;
$$;

-- The statement fails with this SQLSTATE and, if one is named, this message, constraint or detail.
CREATE FUNCTION test.raises(statement text, sqlstate_wanted text, wanted text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_state      text;
    v_message    text;
    v_constraint text;
    v_detail     text;
BEGIN
    BEGIN
        EXECUTE raises.statement;
        RAISE EXCEPTION USING ERRCODE = 'TEST0', MESSAGE = 'nothing was raised';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS
            v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_constraint = CONSTRAINT_NAME,
            v_detail = PG_EXCEPTION_DETAIL;
    END;
    IF v_state <> raises.sqlstate_wanted THEN
        RAISE EXCEPTION '%: raised % (%), wanted %', raises.statement, v_state, v_message, raises.sqlstate_wanted;
    END IF;
    IF raises.wanted <> v_message AND raises.wanted <> v_constraint AND position(raises.wanted IN v_detail) = 0 THEN
        RAISE EXCEPTION '%: raised "%" (% %), wanted %',
            raises.statement, v_message, v_constraint, v_detail, raises.wanted;
    END IF;
END;
$$;

CREATE FUNCTION test.tenant(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN format('00000000-0000-4000-8000-0000000000%s0', n)::uuid;

CREATE FUNCTION test.person(n integer, nth integer DEFAULT 1) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN format('00000000-0000-4000-8000-0000000000%s%s', n, nth)::uuid;

-- Becomes a signed-in member of tenant n for the rest of the transaction.
CREATE FUNCTION test.become_member(n integer, nth integer DEFAULT 1, permissions text[] DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.tenant_id', test.tenant(n)::text, true),
        set_config('request.user_id', test.person(n, nth)::text, true),
        set_config('request.session_id', '', true),
        set_config('request.context', '{"request_id": "8ce8ea61-339d-42b7-afbe-e0938db6e381", "address": "192.0.2.1"}', true),
        set_config('request.claims', jsonb_build_object(
            'is_superuser', false,
            'permissions', COALESCE(
                become_member.permissions, '{audit.read,sessions.manage,api_keys.create}'::text[]))::text, true),
        set_config('role', 'member', true);
END;
$$;

-- Becomes nobody for the rest of the transaction.
CREATE FUNCTION test.become_anon()
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('request.tenant_id', '', true), set_config('request.user_id', '', true),
        set_config('request.session_id', '', true), set_config('request.claims', '', true),
        set_config('request.context', '{"request_id": "8ce8ea61-339d-42b7-afbe-e0938db6e381", "address": "192.0.2.1"}', true),
        set_config('role', 'anon', true);
END;
$$;

INSERT INTO auth.tenants (tenant_id, name)
SELECT test.tenant(n), 'Test tenant ' || n FROM generate_series(1, 2) AS n;
INSERT INTO auth.users (user_id, email, username)
SELECT test.person(n, nth), format('person%s@tenant%s.test', nth, n), format('person%s@tenant%s.test', nth, n)
FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 2) AS nth;
INSERT INTO auth.memberships (tenant_id, user_id, role)
SELECT test.tenant(n), test.person(n, nth), CASE nth WHEN 1 THEN 'owner' ELSE 'member' END::auth.member_role
FROM generate_series(1, 2) AS n CROSS JOIN generate_series(1, 2) AS nth;

-- bcrypt at its least cost: the tests hash a good deal.
SELECT set_config('pgserver.settings', '{"auth.bcrypt_cost": "4"}', true);
SELECT test.become_member(1);
