-- Removes what a file has declared: routes, dialects, problems, settings, rate policies, permissions, topics, limits of
-- streams, kinds of jobs, schedules, names of events. A migration calls it for a file that is gone. A setting that an
-- operator has given a value keeps it until its file returns.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION core.forget_file(file text, except_declared_by xid8 DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    DELETE FROM api.routes AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM api.problems AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM api.dialects AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM core.rate_policies AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM auth.role_permissions AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM core.topics AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM core.stream_limits AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM work.job_kinds AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM work.schedules AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
    DELETE FROM core.settings AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by
      AND d.value IS NULL;
    DELETE FROM work.webhook_events AS d
    WHERE d.declared_in = forget_file.file AND d.declared_xid IS DISTINCT FROM forget_file.except_declared_by;
END;
$$;
COMMENT ON FUNCTION core.forget_file(text, xid8) IS 'Removes what a file has declared.';
