-- An event as the general stream shows it.
--
-- Role:    member; the relays
-- Returns: {type: "event", id, topic, event, subject_kind, subject_id, at, data}
CREATE OR REPLACE FUNCTION api.event_document(event core.event_log)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object(
        'type', 'event', 'id', core.event_id(event.position), 'topic', event.topic, 'event', event.type,
        'subject_kind', event.subject_kind, 'subject_id', event.subject_id, 'at', core.rfc3339(event.created_at),
        'data', event.payload);
END;
$$;
COMMENT ON FUNCTION api.event_document(core.event_log) IS 'An event as the general stream shows it.';
GRANT EXECUTE ON FUNCTION api.event_document(core.event_log) TO member;
