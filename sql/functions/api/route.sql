-- Requires: functions/core/declaring_file.sql
-- Declares an endpoint. The function's file ends with this call. Nothing is checked here but the shape of the
-- arguments: api.publish() checks the whole catalog at the end of a migration.
--
-- idempotency: whether a POST route keeps its answers for requests that repeat an Idempotency-Key; not one that
-- answers with a secret
--
-- chunks: a function(ticket jsonb, chunk_no integer, chunk bytea) RETURNS void that takes the body while it comes, piece
-- by piece, each in a transaction of its own; a piece given again must change nothing. The route's function has a
-- parameter upload jsonb DEFAULT NULL. It is called in front of the body without it, may refuse, and returns the ticket;
-- and behind the body with {ticket, size_bytes, chunks, sha256}, and returns the answer.
--
-- Role:    pgserver_owner
-- Errors:  22023                    the endpoint is not written 'METHOD /path'
--          23505 routes_method_path_key  another file already declares it
CREATE OR REPLACE FUNCTION api.route(
    endpoint text,
    function text DEFAULT NULL,
    dialect text DEFAULT NULL,
    auth api.auth_kind DEFAULT 'required',
    permission text DEFAULT NULL,
    rate text DEFAULT NULL,
    pool api.pool_kind DEFAULT 'fast',
    timeout interval DEFAULT NULL,
    status integer DEFAULT 200,
    page text DEFAULT NULL,
    items_key text DEFAULT NULL,
    envelope text DEFAULT NULL,
    sources jsonb DEFAULT '{}',
    unknown_fields api.field_policy DEFAULT NULL,
    max_body integer DEFAULT NULL,
    content_type text DEFAULT NULL,
    unavailable text DEFAULT NULL,
    returns jsonb DEFAULT NULL,
    errors text[] DEFAULT '{}',
    tag text DEFAULT NULL,
    kind api.route_kind DEFAULT 'function',
    idempotency boolean DEFAULT true,
    chunks text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_fast_timeout CONSTANT interval := interval '5 s';
    v_slow_timeout CONSTANT interval := interval '15 s';
    v_file         CONSTANT text     := core.declaring_file();
    v_parts        CONSTANT text[]   := regexp_match(route.endpoint, '^([A-Z]+) (/\S*)$');
    v_timeout      CONSTANT interval := COALESCE(
        route.timeout, CASE route.pool WHEN 'fast' THEN v_fast_timeout ELSE v_slow_timeout END);
BEGIN
    IF v_parts IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('"%s" is not an endpoint: write METHOD /path', route.endpoint);
    END IF;
    -- A file that declares an endpoint again replaces its row; another file's row stands and is a conflict.
    DELETE FROM api.routes AS r
    WHERE r.method = v_parts[1] AND r.path = v_parts[2] AND r.declared_in IN (v_file, 'interactive');
    INSERT INTO api.routes (
        method, path, kind, function_name, dialect, auth, permission, rate_class, pool, timeout_ms, success_status,
        page_template, items_key, success_template, sources, unknown_fields, max_body_bytes, content_type,
        unavailable_template, returns, errors, tag, idempotency,
        chunk_function, declared_in, declared_xid)
    VALUES (
        v_parts[1], v_parts[2], route.kind, route.function, route.dialect, route.auth, route.permission, route.rate,
        route.pool, (extract(epoch FROM v_timeout) * 1000)::integer, route.status,
        route.page, route.items_key, route.envelope, route.sources, route.unknown_fields, route.max_body,
        route.content_type, route.unavailable, route.returns, route.errors, route.tag, route.idempotency, route.chunks, v_file,
        pg_current_xact_id());
END;
$$;
COMMENT ON FUNCTION api.route(
    text, text, text, api.auth_kind, text, text, api.pool_kind, interval, integer, text, text, text, jsonb,
    api.field_policy, integer, text, text, jsonb, text[], text, api.route_kind, boolean, text) IS 'Declares an endpoint.';
