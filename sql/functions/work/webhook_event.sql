-- Requires: functions/core/declaring_file.sql
-- Declares a name under which a contract lets an event be subscribed to.
--
-- condition: what the payload contains, if the event is to have the name.
-- data: the members of what is sent, each {"payload": name}, {"subject": "id"} or {"value": constant}; NULL: the payload
--
-- Role:    pgserver_owner
-- Errors:  23514 webhook_events_name_check       the name is not written in lower case with dots
--          23514 webhook_events_condition_check  the condition is no object
--          23514 webhook_events_data_check       the data are no object
CREATE OR REPLACE FUNCTION work.webhook_event(
    name text, type text, condition jsonb DEFAULT '{}', data jsonb DEFAULT NULL)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO work.webhook_events (name, type, condition, data, declared_in, declared_xid)
    VALUES (
        webhook_event.name, webhook_event.type, webhook_event.condition, webhook_event.data, core.declaring_file(),
        pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT webhook_events_pkey DO UPDATE SET
        condition = EXCLUDED.condition, data = EXCLUDED.data, declared_in = EXCLUDED.declared_in,
        declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION work.webhook_event(text, text, jsonb, jsonb) IS
    'Declares a name under which an event can be subscribed to.';
