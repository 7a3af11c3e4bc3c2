-- Requires: functions/core/declaring_file.sql
-- Declares how many streams of a class a subject may hold open. Several limits of one class hold together.
--
-- Role:    pgserver_owner
-- Errors:  23514 stream_limits_limit_count_check  the number is out of its range
CREATE OR REPLACE FUNCTION core.declare_stream_limit(
    dialect text, stream_class text, subject text, limit_count integer)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO core.stream_limits (dialect, stream_class, subject, limit_count, declared_in, declared_xid)
    VALUES (
        declare_stream_limit.dialect, declare_stream_limit.stream_class, declare_stream_limit.subject,
        declare_stream_limit.limit_count, core.declaring_file(), pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT stream_limits_pkey DO UPDATE SET
        limit_count = EXCLUDED.limit_count, declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION core.declare_stream_limit(text, text, text, integer) IS
    'Declares how many streams of a class a subject may hold open.';
