-- A stream that sends back what it gets, for the Autobahn test suite. Of events it shows none.
CREATE SCHEMA autobahn AUTHORIZATION pgserver_owner;
GRANT USAGE ON SCHEMA autobahn TO anon, member;
SET LOCAL ROLE pgserver_owner;

CREATE FUNCTION autobahn.frame(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION autobahn.frame(core.event_log) IS 'Shows nothing.';

CREATE FUNCTION autobahn.echo()
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN core.subscribe();
END;
$$;
COMMENT ON FUNCTION autobahn.echo() IS 'Listens, for the sake of speaking.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA autobahn TO anon, member;
SELECT api.stream(
    'GET /autobahn/echo', 'autobahn.echo', transport => 'websocket', frame => 'autobahn.frame',
    token_param => 'token', receive => 'echo');
RESET ROLE;

-- What is to be met is the protocol, not the limits.
UPDATE core.rate_policies SET limit_count = 1000000, burst = 1000000;
SELECT api.publish();
