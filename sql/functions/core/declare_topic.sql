-- Requires: functions/core/declaring_file.sql
-- Declares what events may be about, and who may listen: everybody of the tenant, or whoever carries a permission.
--
-- Role:    pgserver_owner
-- Errors:  23514 topics_topic_check  the topic is not written domain.thing
CREATE OR REPLACE FUNCTION core.declare_topic(topic text, description text, permission text DEFAULT NULL)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO core.topics (topic, description, permission, declared_in, declared_xid)
    VALUES (
        declare_topic.topic, declare_topic.description, declare_topic.permission, core.declaring_file(),
        pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT topics_pkey DO UPDATE SET
        description = EXCLUDED.description, permission = EXCLUDED.permission,
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION core.declare_topic(text, text, text) IS 'Declares what events may be about.';
