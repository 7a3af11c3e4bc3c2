-- Audits a tenant-owned table statement by statement, for tables that take thousands of rows at once.
--
-- Role:    pgserver_owner
CREATE FUNCTION core.audit_bulk(audited regclass)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION core.audit_bulk()', audit_bulk.audited);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION core.audit_bulk()', audit_bulk.audited);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION core.audit_bulk()', audit_bulk.audited);
END;
$$;
COMMENT ON FUNCTION core.audit_bulk(regclass) IS 'Audits a tenant-owned table statement by statement.';
