-- POST routes whose effects can be counted, for requests with an Idempotency-Key.
CREATE SCHEMA keyed AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA keyed TO anon, member;

-- Ends the connection it runs on, which a member could not.
CREATE FUNCTION keyed.end_connection()
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid());
END;
$$;
GRANT EXECUTE ON FUNCTION keyed.end_connection() TO member;
SET LOCAL ROLE pgserver_owner;

CREATE TABLE keyed.effects (
    effect_id bigint GENERATED ALWAYS AS IDENTITY,
    name      text   NOT NULL,

    CONSTRAINT effects_pkey PRIMARY KEY (effect_id)
);
GRANT SELECT, INSERT ON keyed.effects TO anon, member;
CREATE SEQUENCE keyed.attempts;
GRANT USAGE ON SEQUENCE keyed.attempts TO member;

CREATE FUNCTION keyed.make(name text, seconds float8 DEFAULT 0)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_effect_id bigint;
BEGIN
    INSERT INTO keyed.effects (name) VALUES (make.name) RETURNING effect_id INTO v_effect_id;
    IF make.seconds > 0 THEN
        PERFORM set_config('application_name', make.name, true);  -- so that a test can find it
        PERFORM pg_sleep(make.seconds);
    END IF;
    RETURN json_build_object('effect_id', v_effect_id, 'text', 'ü "quoted"', 'big', 12345678901234567890);
END;
$$;
COMMENT ON FUNCTION keyed.make(text, float8) IS 'Has an effect, and takes its time.';

CREATE FUNCTION keyed.binary(name text)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN keyed.make("binary".name)::jsonb;
END;
$$;
COMMENT ON FUNCTION keyed.binary(text) IS 'Answers jsonb.';

CREATE FUNCTION keyed.reply(name text, status integer DEFAULT 202)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_reply api.reply;
BEGIN
    v_reply.status := reply.status;
    v_reply.body := keyed.make(reply.name);
    v_reply.headers := json_build_object('Location', '/keyed/(1,2),"x"', 'X-Many', json_build_array('a', 'b'));
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION keyed.reply(text, integer) IS 'Answers with a status and fields of its own.';

CREATE FUNCTION keyed.tokens(name text)
RETURNS api.reply LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_reply api.reply;
BEGIN
    v_reply.body := keyed.make(tokens.name);
    v_reply.tokens := json_build_object('access_token', json_build_object('sub', gen_random_uuid()));
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION keyed.tokens(text) IS 'Answers with a token.';

CREATE FUNCTION keyed.words(name text, length integer DEFAULT NULL)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN COALESCE(repeat('a', words.length), keyed.make(words.name) ->> 'effect_id');
END;
$$;
COMMENT ON FUNCTION keyed.words(text, integer) IS 'Answers text, as long as is asked for.';

CREATE FUNCTION keyed.bytes(name text)
RETURNS bytea LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN '\x0001ff'::bytea || convert_to(keyed.make("bytes".name) ->> 'effect_id', 'UTF8');
END;
$$;
COMMENT ON FUNCTION keyed.bytes(text) IS 'Answers bytes.';

CREATE FUNCTION keyed.nothing(name text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM keyed.make(nothing.name);
END;
$$;
COMMENT ON FUNCTION keyed.nothing(text) IS 'Answers nothing.';

CREATE FUNCTION keyed.absent(name text)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM keyed.make(absent.name);
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION keyed.absent(text) IS 'Has an effect and answers NULL.';

CREATE FUNCTION keyed.list(name text, "limit" integer DEFAULT 7, "offset" integer DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN ROW (json_build_array(keyed.make(list.name)), 40::bigint, 1)::api.page;
END;
$$;
COMMENT ON FUNCTION keyed.list(text, integer, integer) IS 'Has an effect and answers a page.';

-- Fails until it has failed often enough; the sequence remembers, whatever is rolled back.
CREATE FUNCTION keyed.fail(name text, succeeds_at bigint)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_answer CONSTANT json := keyed.make(fail.name);
BEGIN
    IF nextval('keyed.attempts') < fail.succeeds_at THEN
        PERFORM api.fail('conflict', 'Not yet.');
    END IF;
    RETURN v_answer;
END;
$$;
COMMENT ON FUNCTION keyed.fail(text, bigint) IS 'Fails after its effect.';

-- Loses its connection until it has lost it often enough.
CREATE FUNCTION keyed.lose(name text, succeeds_at bigint)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_answer CONSTANT json := keyed.make(lose.name);
BEGIN
    IF nextval('keyed.attempts') < lose.succeeds_at THEN
        PERFORM keyed.end_connection();
    END IF;
    RETURN v_answer;
END;
$$;
COMMENT ON FUNCTION keyed.lose(text, bigint) IS 'Loses its connection after its effect.';

CREATE FUNCTION keyed.count(name text)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT json_build_object('count', count(*)) FROM keyed.effects AS e WHERE e.name = "count".name);
END;
$$;
COMMENT ON FUNCTION keyed.count(text) IS 'Counts effects.';

GRANT EXECUTE ON FUNCTION keyed.make(text, float8), keyed.binary(text), keyed.reply(text, integer),
    keyed.tokens(text), keyed.words(text, integer), keyed.bytes(text), keyed.nothing(text), keyed.absent(text),
    keyed.list(text, integer, integer), keyed.fail(text, bigint), keyed.lose(text, bigint), keyed.count(text)
    TO anon, member;
SELECT api.route('GET /keyed/count', 'keyed.count', auth => 'none');
SELECT api.route('POST /keyed/json', 'keyed.make', status => 201, timeout => interval '30 s');
SELECT api.route('POST /keyed/json/{name}', 'keyed.make', status => 201, sources => '{"seconds": "query"}');
SELECT api.route('POST /keyed/jsonb', 'keyed.binary');
SELECT api.route('POST /keyed/reply', 'keyed.reply');
SELECT api.route('POST /keyed/tokens', 'keyed.tokens');
SELECT api.route('POST /keyed/text', 'keyed.words');
SELECT api.route('POST /keyed/bytes', 'keyed.bytes');
SELECT api.route('POST /keyed/void', 'keyed.nothing', status => 204);
SELECT api.route('POST /keyed/absent', 'keyed.absent');
SELECT api.route('POST /keyed/page', 'keyed.list');
SELECT api.route('POST /keyed/fail', 'keyed.fail');
SELECT api.route('POST /keyed/lose', 'keyed.lose');
SELECT api.route('POST /keyed/read', 'keyed.count');
SELECT api.route('PUT /keyed/put', 'keyed.make');
SELECT api.route('POST /keyed/off', 'keyed.make', idempotency => false);
SELECT api.route('POST /keyed/open', 'keyed.make', auth => 'none');
SELECT api.route('POST /keyed/either', 'keyed.make', auth => 'optional');
SELECT api.route('POST /api/v1/dcl/keyed', 'keyed.make', dialect => 'autonomos', timeout => interval '30 s');
SELECT api.route('POST /api/v1/pipelines/keyed', 'keyed.make', dialect => 'etl', timeout => interval '30 s');
SELECT api.route('POST /api/keyed', 'keyed.make', dialect => 'auterity', timeout => interval '30 s');
SELECT api.route('POST /runs/keyed', 'keyed.make', dialect => 'autopack', timeout => interval '30 s');
SELECT api.route('POST /api/v1/keyed', 'keyed.make', dialect => 'orchestrator', timeout => interval '30 s');
RESET ROLE;
