-- Makes a table that tenants own private to each of them: row-level security is on and forced, functions of the owner are
-- held to the caller's tenant, and readers see the rows of their own.
--
-- Role:    pgserver_owner, for migrations
-- Takes:   readers: of member and bi_owner those that may read every row of their tenant, and are granted to
CREATE FUNCTION core.tenant_table(owned regclass, readers text[] DEFAULT '{member,bi_owner}')
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_table CONSTANT text := (SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = tenant_table.owned);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format(
        'CREATE POLICY %I ON %s TO pgserver_owner'
        ' USING (tenant_id = (SELECT auth.tenant_id())) WITH CHECK (tenant_id = (SELECT auth.tenant_id()))',
        v_table || '_owner', owned);
    IF 'member' = ANY (readers) THEN
        EXECUTE format(
            'CREATE POLICY %I ON %s FOR SELECT TO member USING (tenant_id = (SELECT auth.tenant_id()))',
            v_table || '_tenant', owned);
        EXECUTE format('GRANT SELECT ON %s TO member', owned);
    END IF;
    IF 'bi_owner' = ANY (readers) THEN
        EXECUTE format(
            'CREATE POLICY %I ON %s FOR SELECT TO bi_owner USING (tenant_id = (SELECT auth.bi_tenant_id()))',
            v_table || '_bi', owned);
        EXECUTE format('GRANT SELECT ON %s TO bi_owner', owned);
    END IF;
END;
$$;
COMMENT ON FUNCTION core.tenant_table(regclass, text[]) IS 'Makes a table that tenants own private to each of them.';
