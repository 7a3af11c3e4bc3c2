-- Requires: functions/core/elect_notifier.sql
-- Adds an event to the log, in the caller's transaction: it exists exactly if what it tells about was committed.
--
-- Role:    member, worker
-- Errors:  42501  the tenant is not the caller's
--          42704  no such topic is declared
--          54000  the payload has more than 64 KiB
--          23514 events_type_check          422  the type is not written domain.thing.done
--          23514 events_subject_kind_check  422  the kind of the subject is too long
--          23514 events_subject_id_check    422  the id of the subject is too long
--          23514 events_payload_check       422  the payload is no object
CREATE OR REPLACE FUNCTION core.publish(
    topic text, type text, payload jsonb DEFAULT '{}', subject_kind text DEFAULT NULL, subject_id text DEFAULT NULL,
    tenant_id uuid DEFAULT auth.tenant_id())
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_payload_bytes_max CONSTANT integer := 65536;
BEGIN
    IF pg_column_size(publish.payload) > v_payload_bytes_max THEN
        RAISE EXCEPTION USING
            ERRCODE = 'program_limit_exceeded',
            MESSAGE = format('the payload of %s has %s bytes; an event takes %s',
                publish.type, pg_column_size(publish.payload), v_payload_bytes_max),
            HINT = 'Publish what the event is about, and let listeners read the rest.';
    END IF;
    INSERT INTO core.events (tenant_id, topic, type, subject_kind, subject_id, payload)
    SELECT publish.tenant_id, t.topic, publish.type, publish.subject_kind, publish.subject_id,
        COALESCE(publish.payload, '{}')
    FROM core.topics AS t
    WHERE t.topic = publish.topic;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object', MESSAGE = format('no topic is named %s', publish.topic),
            HINT = 'Declare it with core.declare_topic().';
    END IF;
    IF core.elect_notifier() THEN
        PERFORM pg_notify('pgserver_events', '');
    END IF;
END;
$$;
COMMENT ON FUNCTION core.publish(text, text, jsonb, text, text, uuid) IS
    'Adds an event to the log, in the caller''s transaction.';
GRANT EXECUTE ON FUNCTION core.publish(text, text, jsonb, text, text, uuid) TO member, worker;
