-- Says what causes the changes that follow in this transaction: their events carry it as caused_by, so that a listener
-- can tell them from changes made by themselves. Without a subject nothing causes them any more.
--
-- Role:    member, worker
CREATE OR REPLACE FUNCTION core.cause(subject_kind text DEFAULT NULL, subject_id text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM set_config('core.cause', COALESCE(cause.subject_kind || ':' || cause.subject_id, ''), true);
END;
$$;
COMMENT ON FUNCTION core.cause(text, text) IS 'Says what causes the changes that follow in this transaction.';
GRANT EXECUTE ON FUNCTION core.cause(text, text) TO member, worker;
