-- Gives the table of an entity what all of them have alike: each tenant's rows to itself, an audit trail, totals.
--
-- Role:    pgserver_owner, for migrations
-- Errors:  P0002  there is no such entity
CREATE FUNCTION data.entity_table(entity text)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_relation text;
BEGIN
    SELECT format('data.%I', e.relation_name) INTO STRICT v_relation FROM data.entities AS e WHERE e.entity = entity_table.entity;
    PERFORM core.tenant_table(v_relation::regclass);
    PERFORM core.audit_bulk(v_relation::regclass);
    EXECUTE format(
        'CREATE TRIGGER count_inserted AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_relation, entity_table.entity);
    EXECUTE format(
        'CREATE TRIGGER count_deleted AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows'
        ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_relation, entity_table.entity);
    EXECUTE format(
        'CREATE TRIGGER count_truncated AFTER TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION data.count_rows(%L)', v_relation, entity_table.entity);
    EXECUTE format(
        'CREATE TRIGGER refuse_tenant_change BEFORE UPDATE OF tenant_id ON %s FOR EACH ROW'
        ' WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION data.refuse_tenant_change()', v_relation);
END;
$$;
COMMENT ON FUNCTION data.entity_table(text) IS 'Gives the table of an entity what all of them have alike.';
