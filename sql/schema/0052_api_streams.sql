-- Streams: routes whose answer does not end.

CREATE TYPE api.transport      AS ENUM ('sse', 'websocket', 'any');
CREATE TYPE api.receive_policy AS ENUM ('ignore', 'echo');

CREATE TYPE api.subscription AS (
    topics text[], types text[], subjects text[], epoch integer, position bigint, head bigint, is_lost boolean,
    connected json);
COMMENT ON TYPE api.subscription IS
    'What a stream delivers: the topics, narrowed to types and subjects unless those are NULL, from behind the position. Lost: what was asked for is no longer kept, or is of another epoch. connected is what the first frame says.';

-- A stream is a row of api.routes with a row here: a route in all that comes before its first frame.
CREATE TABLE api.streams (
    route_id           integer            NOT NULL,
    transport          api.transport      NOT NULL,
    frame              text               NULL,
    state              text               NULL,
    coalesce_ms        integer            NOT NULL,
    heartbeat_ms       integer            NOT NULL,
    connected_event    text               NOT NULL,
    event_name         text               NOT NULL,
    heartbeat_event    text               NOT NULL,
    error_event        text               NOT NULL,
    lost_event         text               NOT NULL,
    heartbeat_template text               NULL,
    error_template     text               NOT NULL,
    lost_template      text               NOT NULL,
    stream_class       text               NULL,
    token_param        text               NULL,
    retry_ms           integer            NOT NULL,
    receive            api.receive_policy NOT NULL,
    allowed_origins    text[]             NULL,

    CONSTRAINT streams_pkey               PRIMARY KEY (route_id),
    CONSTRAINT streams_route_id_fkey      FOREIGN KEY (route_id) REFERENCES api.routes (route_id) ON DELETE CASCADE,
    CONSTRAINT streams_frame_check        CHECK (num_nonnulls(frame, state) = 1),
    CONSTRAINT streams_frame_form_check   CHECK (frame ~ '^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$'),
    CONSTRAINT streams_state_form_check   CHECK (state ~ '^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$'),
    CONSTRAINT streams_coalesce_ms_check  CHECK (coalesce_ms >= 10 AND coalesce_ms <= 60000),
    CONSTRAINT streams_heartbeat_ms_check CHECK (heartbeat_ms >= 100 AND heartbeat_ms <= 600000),
    CONSTRAINT streams_retry_ms_check     CHECK (retry_ms >= 0 AND retry_ms <= 600000),
    CONSTRAINT streams_event_name_check   CHECK (
        connected_event ~ '^[A-Za-z0-9_.-]{1,64}$' AND event_name ~ '^[A-Za-z0-9_.-]{1,64}$'
        AND heartbeat_event ~ '^[A-Za-z0-9_.-]{1,64}$' AND error_event ~ '^[A-Za-z0-9_.-]{1,64}$'
        AND lost_event ~ '^[A-Za-z0-9_.-]{1,64}$'),
    CONSTRAINT streams_token_param_check  CHECK (token_param ~ '^[A-Za-z_][A-Za-z0-9_-]{0,63}$')
);
COMMENT ON TABLE api.streams IS 'One row for each route that is a stream: what its frames are, and how it is kept open.';
COMMENT ON COLUMN api.streams.frame IS 'Function (core.event_log) RETURNS json: an event as the contract shows it; NULL, not at all.';
COMMENT ON COLUMN api.streams.state IS
    'Function () RETURNS json: the whole state that is sent instead, when an event says that it may have changed.';
COMMENT ON COLUMN api.streams.heartbeat_template IS 'NULL: a comment over SSE, a ping over WebSocket.';
COMMENT ON COLUMN api.streams.token_param IS 'The query parameter that may carry the credential.';
COMMENT ON COLUMN api.streams.receive IS 'What becomes of a client''s messages.';
COMMENT ON COLUMN api.streams.allowed_origins IS 'Origins that may open the stream; NULL: those that the server allows everywhere.';
COMMENT ON CONSTRAINT streams_frame_check ON api.streams IS 'A stream sends events or states, not both.';
COMMENT ON CONSTRAINT streams_frame_form_check ON api.streams IS 'A function is named schema.function.';
COMMENT ON CONSTRAINT streams_state_form_check ON api.streams IS 'A function is named schema.function.';
COMMENT ON CONSTRAINT streams_coalesce_ms_check ON api.streams IS 'States are at least 10 ms and at most a minute apart.';
COMMENT ON CONSTRAINT streams_heartbeat_ms_check ON api.streams IS 'A heartbeat comes after 100 ms to 10 minutes.';
COMMENT ON CONSTRAINT streams_retry_ms_check ON api.streams IS 'A client waits at most 10 minutes before it comes back.';
COMMENT ON CONSTRAINT streams_event_name_check ON api.streams IS 'The name of an event is letters, digits, dots, dashes and underscores, 64 at most.';
COMMENT ON CONSTRAINT streams_token_param_check ON api.streams IS 'A query parameter is letters, digits, dashes and underscores, 64 at most.';
