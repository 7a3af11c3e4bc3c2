-- Requires: functions/api/route.sql
-- Declares a stream: a route whose function returns api.subscription and whose answer does not end. All that comes
-- before its first frame is a route's: binding, credential, rate limit, and the function, run as the caller.
--
-- Role:    pgserver_owner
-- Takes:   frame: function (core.event_log) RETURNS json, an event as the contract shows it, or NULL: not at all. It
--          sees nothing but the event. state: function () RETURNS json instead, run as a member of the tenant when an
--          event of the subscription comes, and sent if it differs. Templates have the slots ts, ts_naive, message,
--          code, id and tenant.
-- Errors:  22023  the endpoint is not written 'GET /path'
--          23505 routes_method_path_key       409  another file already declares it
--          23514 streams_frame_check          422  frame or state is missing, or both are given
--          23514 streams_frame_form_check     422  frame is not named schema.function
--          23514 streams_state_form_check     422  state is not named schema.function
--          23514 streams_coalesce_ms_check    422  coalesce is out of its range
--          23514 streams_heartbeat_ms_check   422  heartbeat is out of its range
--          23514 streams_retry_ms_check       422  retry is out of its range
--          23514 streams_event_name_check     422  an event's name has other signs than letters, digits and dots
--          23514 streams_token_param_check    422  token_param is no name of a query parameter
CREATE OR REPLACE FUNCTION api.stream(
    endpoint text,
    function text,
    transport api.transport DEFAULT 'any',
    frame text DEFAULT NULL,
    state text DEFAULT NULL,
    dialect text DEFAULT NULL,
    auth api.auth_kind DEFAULT 'required',
    permission text DEFAULT NULL,
    rate text DEFAULT NULL,
    timeout interval DEFAULT NULL,
    sources jsonb DEFAULT '{}',
    class text DEFAULT NULL,
    token_param text DEFAULT NULL,
    coalesce_after interval DEFAULT '250 ms',
    heartbeat interval DEFAULT '15 s',
    retry interval DEFAULT '3 s',
    connected_event text DEFAULT 'connected',
    event_name text DEFAULT 'event',
    heartbeat_event text DEFAULT 'heartbeat',
    error_event text DEFAULT 'error',
    lost_event text DEFAULT 'lost',
    heartbeat_template text DEFAULT NULL,
    error_template text DEFAULT '{"type":"error","code":${code},"message":${message},"ts":${ts}}',
    lost_template text DEFAULT '{"type":"lost","code":"history_lost","message":${message},"position":${id},"ts":${ts}}',
    receive api.receive_policy DEFAULT 'ignore',
    allowed_origins text[] DEFAULT NULL,
    returns jsonb DEFAULT NULL,
    errors text[] DEFAULT '{}',
    tag text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_milliseconds CONSTANT integer := 1000;
BEGIN
    PERFORM api.route(
        stream.endpoint, stream.function, dialect => stream.dialect, auth => stream.auth,
        permission => stream.permission, rate => stream.rate, timeout => stream.timeout, sources => stream.sources,
        returns => stream.returns, errors => stream.errors, tag => stream.tag);
    INSERT INTO api.streams (
        route_id, transport, frame, state, coalesce_ms, heartbeat_ms, connected_event, event_name, heartbeat_event,
        error_event, lost_event, heartbeat_template, error_template, lost_template, stream_class, token_param,
        retry_ms, receive, allowed_origins)
    SELECT
        r.route_id, stream.transport, stream.frame, stream.state,
        (extract(epoch FROM stream.coalesce_after) * v_milliseconds)::integer,
        (extract(epoch FROM stream.heartbeat) * v_milliseconds)::integer,
        stream.connected_event, stream.event_name, stream.heartbeat_event, stream.error_event, stream.lost_event,
        stream.heartbeat_template, stream.error_template, stream.lost_template, stream.class, stream.token_param,
        (extract(epoch FROM stream.retry) * v_milliseconds)::integer, stream.receive, stream.allowed_origins
    FROM api.routes AS r
    WHERE r.method || ' ' || r.path = stream.endpoint;
END;
$$;
COMMENT ON FUNCTION api.stream(
    text, text, api.transport, text, text, text, api.auth_kind, text, text, interval, jsonb, text, text, interval,
    interval, interval, text, text, text, text, text, text, text, text, api.receive_policy, text[], jsonb, text[], text)
    IS 'Declares a stream: a route whose answer does not end.';
