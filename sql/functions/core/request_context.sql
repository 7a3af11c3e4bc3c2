-- One member of what the server says about the running request: request_id, traceparent, address, and
-- the route as METHOD /path.
--
-- Role:    anon, member, worker
-- Returns: the member as text, or NULL
CREATE OR REPLACE FUNCTION core.request_context(member text)
RETURNS text LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN nullif(current_setting('request.context', true), '')::json ->> request_context.member;
COMMENT ON FUNCTION core.request_context(text) IS 'One member of what the server says about the running request.';
GRANT EXECUTE ON FUNCTION core.request_context(text) TO anon, member, worker;
