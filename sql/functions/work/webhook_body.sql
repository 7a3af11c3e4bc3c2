-- What is sent of an event, without its signature: {"event", "timestamp", "data"}, in this order and without spaces
-- between the members. Data that are too long are left out, and it says so.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION work.webhook_body(event text, at timestamptz, data jsonb)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_byte_count_max CONSTANT integer := 262144;
    v_data           text := COALESCE(webhook_body.data, '{}')::text;
BEGIN
    IF octet_length(v_data) > v_byte_count_max THEN
        v_data := json_build_object('omitted', true, 'bytes', octet_length(v_data));
    END IF;
    RETURN format('{"event":%s,"timestamp":%s,"data":%s}',
        to_json(webhook_body.event), to_json(core.rfc3339(webhook_body.at)), v_data);
END;
$$;
COMMENT ON FUNCTION work.webhook_body(text, timestamptz, jsonb) IS 'What is sent of an event, without its signature.';
