-- Records one statement on a table that is loaded in bulk: who, what, how many rows of which tenant.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer the one right it must not have, to add to the audit log
CREATE FUNCTION core.audit_bulk()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    INSERT INTO core.audit_log (
        tenant_id, actor_user_id, session_id, request_id, action, schema_name, table_name, row_count)
    SELECT
        c.tenant_id, auth.user_id(), auth.session_id(),
        nullif(current_setting('request.context', true), '')::json ->> 'request_id',
        lower(TG_OP), TG_TABLE_SCHEMA, TG_TABLE_NAME, count(*)
    FROM changed AS c
    GROUP BY c.tenant_id;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION core.audit_bulk() IS 'Records one statement on a table that is loaded in bulk.';
