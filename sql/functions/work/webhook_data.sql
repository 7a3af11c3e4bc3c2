-- The data of an event, as a contract's name for it shows them: the members it names, or the whole payload and what it
-- is about. A member that the event does not have is left out.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION work.webhook_data(payload jsonb, subject_kind text, subject_id text, members jsonb)
RETURNS jsonb LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    IF webhook_data.members IS NULL THEN
        RETURN CASE WHEN webhook_data.subject_kind IS NULL AND webhook_data.subject_id IS NULL THEN '{}'::jsonb
            ELSE jsonb_build_object('subject', jsonb_strip_nulls(jsonb_build_object(
                'kind', webhook_data.subject_kind, 'id', webhook_data.subject_id))) END
            || webhook_data.payload;
    END IF;
    RETURN (
        SELECT COALESCE(jsonb_object_agg(v.name, v.value) FILTER (WHERE v.value IS NOT NULL), '{}')
        FROM (
            SELECT m.key, CASE
                WHEN m.value ? 'value' THEN m.value -> 'value'
                WHEN m.value ? 'payload' THEN webhook_data.payload -> (m.value ->> 'payload')
                WHEN m.value ->> 'subject' = 'id' THEN to_jsonb(webhook_data.subject_id)
                WHEN m.value ->> 'subject' = 'kind' THEN to_jsonb(webhook_data.subject_kind)
            END
            FROM jsonb_each(webhook_data.members) AS m
        ) AS v (name, value));
END;
$$;
COMMENT ON FUNCTION work.webhook_data(jsonb, text, text, jsonb) IS 'The data of an event, as a contract''s name for it shows them.';
