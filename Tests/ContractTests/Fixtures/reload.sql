-- Endpoints that are changed while they are called, and some that are not.
CREATE SCHEMA live AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA live TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE TABLE live.entries (
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    name     text   NOT NULL,

    CONSTRAINT entries_pkey PRIMARY KEY (entry_id)
);
GRANT SELECT, INSERT ON live.entries TO anon, member;

CREATE FUNCTION live.steady(n integer)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('n', steady.n);
END;
$$;
COMMENT ON FUNCTION live.steady(integer) IS 'Is never changed.';

CREATE FUNCTION live.changing()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('version', 1);
END;
$$;
COMMENT ON FUNCTION live.changing() IS 'Gets another body.';

CREATE FUNCTION live.signed(a integer)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('a', signed.a);
END;
$$;
COMMENT ON FUNCTION live.signed(integer) IS 'Gets other parameters.';

CREATE FUNCTION live.typed()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('version', 1);
END;
$$;
COMMENT ON FUNCTION live.typed() IS 'Gets another result.';

CREATE FUNCTION live.gone()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN '{}';
END;
$$;
COMMENT ON FUNCTION live.gone() IS 'Goes away.';

CREATE FUNCTION live.add(name text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    INSERT INTO live.entries (name) VALUES (add.name);
    RETURN json_build_object('version', 1);
END;
$$;
COMMENT ON FUNCTION live.add(text) IS 'Writes, and gets other parameters and another result.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA live TO anon, member;
SELECT api.route('GET /live/steady/{n}', 'live.steady', auth => 'none');
SELECT api.route('GET /live/changing', 'live.changing', auth => 'none');
SELECT api.route('GET /live/signed', 'live.signed', auth => 'none');
SELECT api.route('GET /live/typed', 'live.typed', auth => 'none');
SELECT api.route('GET /live/gone', 'live.gone', auth => 'none');
SELECT api.route('POST /live/entries', 'live.add', auth => 'none', status => 201);
RESET ROLE;
