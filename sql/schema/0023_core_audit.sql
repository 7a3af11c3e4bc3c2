-- Records one changed row. Attached by core.audit_table(), which passes the key columns and the secret ones.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer the one right it must not have, to add to the audit log
-- Returns: nothing; an update that changes nothing leaves no trace
CREATE FUNCTION core.audit()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_keys    CONSTANT text[] := TG_ARGV[0]::text[];
    v_redact  CONSTANT text[] := TG_ARGV[1]::text[];
    v_before  jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    v_after   jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    v_row     CONSTANT jsonb := COALESCE(v_after, v_before);
    v_subject jsonb;
BEGIN
    SELECT jsonb_object_agg(k.name, v_row -> k.name) INTO v_subject FROM unnest(v_keys) AS k (name);
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, v_after -> b.key)
        INTO v_before, v_after
        FROM jsonb_each(v_before) AS b
        WHERE b.value IS DISTINCT FROM v_after -> b.key;
        IF v_before IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    IF v_redact <> '{}' THEN
        SELECT v_before || COALESCE(jsonb_object_agg(r.name, '[redacted]'::text), '{}') INTO v_before
        FROM unnest(v_redact) AS r (name) WHERE v_before ->> r.name IS NOT NULL;
        SELECT v_after || COALESCE(jsonb_object_agg(r.name, '[redacted]'::text), '{}') INTO v_after
        FROM unnest(v_redact) AS r (name) WHERE v_after ->> r.name IS NOT NULL;
    END IF;
    INSERT INTO core.audit_log (
        tenant_id, actor_user_id, session_id, request_id,
        action, schema_name, table_name, subject, before, after)
    VALUES (
        (v_row ->> 'tenant_id')::uuid, auth.user_id(), auth.session_id(),
        nullif(current_setting('request.context', true), '')::json ->> 'request_id',
        lower(TG_OP), TG_TABLE_SCHEMA, TG_TABLE_NAME, v_subject, v_before, v_after);
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION core.audit() IS 'Records one changed row in the audit log.';
