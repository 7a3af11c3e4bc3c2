-- One endpoint for each way a parameter can reach a function. They answer what they were given, as PostgreSQL writes it.
CREATE SCHEMA bound AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA bound TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE TYPE bound.colour AS ENUM ('red', 'green', 'dark blue');
CREATE DOMAIN bound.percent AS integer CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN bound.ratio AS numeric CHECK (VALUE > 0 AND VALUE < 1);
CREATE DOMAIN bound.code AS text CHECK (char_length(VALUE) >= 2 AND char_length(VALUE) <= 4);
-- Reflection does not understand this one: PostgreSQL alone judges it.
CREATE DOMAIN bound.even AS integer CHECK (VALUE % 2 = 0 OR VALUE IS NULL);

-- Everything by a kind of its own, in a body and in a query alike.
CREATE FUNCTION bound.echo(
    text text DEFAULT NULL, int2 smallint DEFAULT NULL, int4 integer DEFAULT NULL, int8 bigint DEFAULT NULL,
    "numeric" numeric DEFAULT NULL, float8 double precision DEFAULT NULL, bool boolean DEFAULT NULL,
    uuid uuid DEFAULT NULL, date date DEFAULT NULL, at timestamptz DEFAULT NULL, json jsonb DEFAULT NULL,
    colour bound.colour DEFAULT NULL, percent bound.percent DEFAULT NULL, ratio bound.ratio DEFAULT NULL,
    code bound.code DEFAULT NULL, even bound.even DEFAULT NULL, texts text[] DEFAULT NULL,
    ints integer[] DEFAULT NULL, uuids uuid[] DEFAULT NULL, bytes bytea DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_strip_nulls(json_build_object(
        'text', echo.text, 'int2', echo.int2::text, 'int4', echo.int4::text, 'int8', echo.int8::text,
        'numeric', echo."numeric"::text, 'float8', echo.float8::text, 'bool', echo.bool::text,
        'uuid', echo.uuid::text, 'date', echo.date::text, 'at', echo.at::text, 'json', echo.json::text,
        'colour', echo.colour::text, 'percent', echo.percent::text, 'ratio', echo.ratio::text, 'code', echo.code,
        'even', echo.even::text, 'texts', echo.texts::text, 'ints', echo.ints::text, 'uuids', echo.uuids::text,
        'bytes', encode(echo.bytes, 'hex')));
END;
$$;
COMMENT ON FUNCTION bound.echo(
    text, smallint, integer, bigint, numeric, double precision, boolean, uuid, date, timestamptz, jsonb, bound.colour,
    bound.percent, bound.ratio, bound.code, bound.even, text[], integer[], uuid[], bytea) IS 'Says what it was given.';
GRANT EXECUTE ON FUNCTION bound.echo(
    text, smallint, integer, bigint, numeric, double precision, boolean, uuid, date, timestamptz, jsonb, bound.colour,
    bound.percent, bound.ratio, bound.code, bound.even, text[], integer[], uuid[], bytea) TO anon, member;
SELECT api.route('POST /bound/echo', 'bound.echo', auth => 'none');
SELECT api.route('GET /bound/echo', 'bound.echo', auth => 'none');
SELECT api.route('POST /bound/strict', 'bound.echo', auth => 'none', unknown_fields => 'refuse');
SELECT api.route('GET /bound/strict', 'bound.echo', auth => 'none', unknown_fields => 'refuse');

-- What happens without a value: refused, a constant, whatever PostgreSQL computes, NULL.
CREATE FUNCTION bound.defaults(
    required text, constant text DEFAULT 'it''s', number integer DEFAULT 42, computed uuid DEFAULT gen_random_uuid(),
    tenant uuid DEFAULT auth.tenant_id(), nullable text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'required', defaults.required, 'constant', defaults.constant, 'number', defaults.number,
        'computed', defaults.computed, 'tenant', defaults.tenant, 'nullable', defaults.nullable);
END;
$$;
COMMENT ON FUNCTION bound.defaults(text, text, integer, uuid, uuid, text) IS 'Says what it was given.';
GRANT EXECUTE ON FUNCTION bound.defaults(text, text, integer, uuid, uuid, text) TO anon, member;
SELECT api.route('POST /bound/defaults', 'bound.defaults');

-- From a header, under another name from the query, and from the server itself.
CREATE FUNCTION bound.sources(key text, part integer DEFAULT 1, state json DEFAULT NULL, name text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'key', sources.key, 'part', sources.part, 'version', sources.state ->> 'version', 'name', sources.name);
END;
$$;
COMMENT ON FUNCTION bound.sources(text, integer, json, text) IS 'Says what it was given.';
GRANT EXECUTE ON FUNCTION bound.sources(text, integer, json, text) TO anon, member;
SELECT api.route('POST /bound/sources', 'bound.sources', auth => 'none',
    sources => '{"key": "header:Idempotency-Key", "part": "query:p", "state": "server:state", "name": "body:display name"}');

CREATE FUNCTION bound.path(id text, rest text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('id', path.id, 'rest', path.rest);
END;
$$;
COMMENT ON FUNCTION bound.path(text, text) IS 'Says what it was given.';

CREATE FUNCTION bound.run(id text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('ran', run.id);
END;
$$;
COMMENT ON FUNCTION bound.run(text) IS 'Says what it was given.';

CREATE FUNCTION bound.number(id integer)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('number', number.id);
END;
$$;
COMMENT ON FUNCTION bound.number(integer) IS 'Says what it was given.';
GRANT EXECUTE ON FUNCTION bound.path(text, text) TO anon, member;
GRANT EXECUTE ON FUNCTION bound.run(text) TO anon, member;
GRANT EXECUTE ON FUNCTION bound.number(integer) TO anon, member;
SELECT api.route('GET /bound/things/{id}', 'bound.path', auth => 'none');
SELECT api.route('POST /bound/things/{id}:run', 'bound.run', auth => 'none');
SELECT api.route('GET /bound/numbers/{id}', 'bound.number', auth => 'none');
SELECT api.route('GET /bound/files/{id}/{rest...}', 'bound.path', auth => 'none');

-- The whole body, whatever it is.
CREATE FUNCTION bound.take_json(body jsonb)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('got', take_json.body);
END;
$$;
COMMENT ON FUNCTION bound.take_json(jsonb) IS 'Says what it was given.';

CREATE FUNCTION bound.take_text(body text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('got', take_text.body);
END;
$$;
COMMENT ON FUNCTION bound.take_text(text) IS 'Says what it was given.';

CREATE FUNCTION bound.take_bytes(body bytea)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('got', encode(take_bytes.body, 'hex'));
END;
$$;
COMMENT ON FUNCTION bound.take_bytes(bytea) IS 'Says what it was given.';
GRANT EXECUTE ON FUNCTION bound.take_json(jsonb) TO anon, member;
GRANT EXECUTE ON FUNCTION bound.take_text(text) TO anon, member;
GRANT EXECUTE ON FUNCTION bound.take_bytes(bytea) TO anon, member;
SELECT api.route('POST /bound/json', 'bound.take_json', auth => 'none');
SELECT api.route('POST /bound/text', 'bound.take_text', auth => 'none');
SELECT api.route('POST /bound/bytes', 'bound.take_bytes', auth => 'none');
RESET ROLE;
