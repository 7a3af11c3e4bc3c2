-- Refuses every change of the audit log, whoever tries.
--
-- Role:    nobody; a trigger
-- Errors:  PT409 audit_sealed  409  an audit row was to be changed or deleted
CREATE FUNCTION core.audit_seal()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT409', MESSAGE = 'audit_sealed', DETAIL = 'The audit log is only ever added to.';
END;
$$;
COMMENT ON FUNCTION core.audit_seal() IS 'Refuses every change of the audit log.';
CREATE TRIGGER audit_log_seal BEFORE UPDATE OR DELETE OR TRUNCATE ON core.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION core.audit_seal();
