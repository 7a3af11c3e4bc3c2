-- Audits a tenant-owned table row by row. Called by the migration that creates the table.
--
-- Role:    pgserver_owner
-- Errors:  22023  the table has no primary key or no tenant_id, or a redacted column does not exist
CREATE FUNCTION core.audit_table(audited regclass, VARIADIC redact text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET search_path = ''
AS $$
DECLARE
    v_keys    text[];
    v_unknown text;
BEGIN
    SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::smallint[], a.attnum)) INTO v_keys
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = audit_table.audited AND i.indisprimary;
    IF v_keys IS NULL OR v_keys[1] <> 'tenant_id' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('table %s has no primary key that begins with tenant_id', audit_table.audited);
    END IF;
    SELECT r.name INTO v_unknown FROM unnest(audit_table.redact) AS r (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = audit_table.audited AND a.attname = r.name AND NOT a.attisdropped);
    IF FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = format('table %s has no column %s to redact', audit_table.audited, v_unknown);
    END IF;
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %s
            FOR EACH ROW EXECUTE FUNCTION core.audit(%L, %L)',
        audit_table.audited, v_keys, audit_table.redact);
END;
$$;
COMMENT ON FUNCTION core.audit_table(regclass, text[]) IS 'Audits a tenant-owned table row by row.';
