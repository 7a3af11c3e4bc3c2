-- Analysts see which files were loaded.
CREATE POLICY source_files_bi ON data.source_files FOR SELECT TO bi_owner
    USING (tenant_id = (SELECT auth.bi_tenant_id()) AND status <> 'receiving');
GRANT SELECT ON data.source_files TO bi_owner;
