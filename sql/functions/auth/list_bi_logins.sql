-- Lists the BI logins of one tenant or of all.
--
-- Role:    the administrator
-- Definer: lends the reading of auth.bi_logins across tenants to whoever may execute this, the administrator alone
-- Returns: a row for each login, newest first
CREATE OR REPLACE FUNCTION auth.list_bi_logins(tenant uuid DEFAULT NULL)
RETURNS TABLE (role_name text, tenant_id uuid, tenant_name text, label text, created_at timestamptz) LANGUAGE sql
STABLE PARALLEL SAFE SECURITY DEFINER
BEGIN ATOMIC
    SELECT l.role_name::text, l.tenant_id, t.name, l.label, l.created_at
    FROM auth.bi_logins AS l
    JOIN auth.tenants AS t ON t.tenant_id = l.tenant_id
    WHERE list_bi_logins.tenant IS NULL OR l.tenant_id = list_bi_logins.tenant
    ORDER BY l.created_at DESC, l.role_name;
END;
COMMENT ON FUNCTION auth.list_bi_logins(uuid) IS 'Lists the BI logins of one tenant or of all.';
