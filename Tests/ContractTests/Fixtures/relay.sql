-- Topics and streams for the relay alone: no server serves them.
CREATE SCHEMA relayed AUTHORIZATION pgserver_owner;
SET LOCAL ROLE pgserver_owner;

SELECT core.declare_topic('relayed.thing', 'What the tests of the relay publish.');
SELECT core.declare_topic('relayed.other', 'What they publish besides.');

CREATE FUNCTION relayed.listen()
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN core.subscribe();
END;
$$;
COMMENT ON FUNCTION relayed.listen() IS 'Everything.';

-- Hides what says so, and fails for what says so.
CREATE FUNCTION relayed.frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF event.payload ? 'hidden' THEN
        RETURN NULL;
    ELSIF event.payload ? 'failing' THEN
        RAISE EXCEPTION 'this one cannot be shown';
    ELSIF event.payload ? 'slow' THEN
        PERFORM pg_sleep(60);
    END IF;
    RETURN json_build_object('position', event.position, 'payload', event.payload);
END;
$$;
COMMENT ON FUNCTION relayed.frame(core.event_log) IS 'An event with its position.';

CREATE FUNCTION relayed.plain_frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN event.payload::json;
END;
$$;
COMMENT ON FUNCTION relayed.plain_frame(core.event_log) IS 'The payload, whatever it says.';

CREATE FUNCTION relayed.state()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN '{}'::json;
END;
$$;
COMMENT ON FUNCTION relayed.state() IS 'A state.';

GRANT EXECUTE ON FUNCTION relayed.listen(), relayed.state() TO member;
SELECT api.stream('GET /relayed/events', 'relayed.listen', frame => 'relayed.frame', dialect => 'server');
SELECT api.stream('GET /relayed/plain', 'relayed.listen', frame => 'relayed.plain_frame', dialect => 'server');
SELECT api.stream('GET /relayed/state', 'relayed.listen', state => 'relayed.state', dialect => 'server');
