-- Records are loaded by the hundred thousand, and nearly all of a statement name one connection. A foreign key asks for
-- it once a row, which made up a third of the cost of a load; so what foreign keys ensured is asked once a statement.

-- Ensures that what new records name is there, and stays there until they are committed.
--
-- Role:    nobody; a trigger
-- Errors:  23503 <table>_source_connection_id_fkey  there is no such connection of the tenant
--          23503 <table>_tenant_id_fkey             there is no such tenant
CREATE FUNCTION data.require_sources()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_source record;
    v_rule   text;
BEGIN
    FOR v_source IN SELECT DISTINCT n.tenant_id, n.source_connection_id FROM new_rows AS n
    LOOP
        IF v_source.source_connection_id IS NULL THEN
            v_rule := '_tenant_id_fkey';
            PERFORM FROM auth.tenants AS t WHERE t.tenant_id = v_source.tenant_id FOR KEY SHARE;
        ELSE
            v_rule := '_source_connection_id_fkey';
            PERFORM FROM data.connections AS c
            WHERE c.tenant_id = v_source.tenant_id AND c.connection_id = v_source.source_connection_id
            FOR KEY SHARE;
        END IF;
        EXIT WHEN NOT FOUND;
        v_rule := NULL;
    END LOOP;
    IF v_rule IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_TABLE_NAME || v_rule,
            MESSAGE = format('a record of %I.%I names what is not there', TG_TABLE_SCHEMA, TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.require_sources() IS 'Ensures that what new records name is there.';

-- Ensures that the kinds of new records are declared, and stay so until the records are committed.
--
-- Role:    nobody; a trigger
-- Errors:  23503 records_record_type_fkey  there is no such kind of record
CREATE FUNCTION data.require_record_types()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_kind record;
BEGIN
    FOR v_kind IN SELECT DISTINCT n.tenant_id, n.record_type FROM new_rows AS n
    LOOP
        PERFORM FROM data.record_types AS t
        WHERE t.tenant_id = v_kind.tenant_id AND t.record_type = v_kind.record_type
        FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING
                ERRCODE = 'foreign_key_violation', SCHEMA = 'data', TABLE = 'records',
                CONSTRAINT = 'records_record_type_fkey', MESSAGE = 'a record of data.records is of no declared kind';
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.require_record_types() IS 'Ensures that the kinds of new records are declared.';

-- Refuses to move a record to another source, and to remove or rename what records name.
--
-- Role:    nobody; a trigger
-- Errors:  PT409 source_is_fixed  409  a record belongs to the source that it was read from
CREATE FUNCTION data.refuse_source_change()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'PT409', MESSAGE = 'source_is_fixed', DETAIL = 'A record belongs to the source that it was read from.';
END;
$$;
COMMENT ON FUNCTION data.refuse_source_change() IS 'Refuses to move a record to another source.';

-- The other side: a connection, kind of record or tenant that records name stays.
--
-- Role:    nobody; a trigger
-- Errors:  23503 <table>_source_connection_id_fkey, _record_type_fkey, _tenant_id_fkey  records name it
CREATE FUNCTION data.keep_sources()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_condition CONSTANT text := CASE TG_TABLE_NAME
        WHEN 'connections' THEN 't.source_connection_id = ($2 ->> ''connection_id'')::uuid'
        WHEN 'record_types' THEN 't.record_type = $2 ->> ''record_type'''
        ELSE 'true'
    END;
    v_rule CONSTANT text := CASE TG_TABLE_NAME
        WHEN 'connections' THEN 'source_connection_id' WHEN 'record_types' THEN 'record_type' ELSE 'tenant_id' END;
    v_relation text;
    v_is_named boolean;
BEGIN
    FOREACH v_relation IN ARRAY CASE TG_TABLE_NAME
        WHEN 'record_types' THEN ARRAY['records'] ELSE ARRAY['accounts', 'contacts', 'opportunities', 'records'] END
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM data.%I AS t WHERE t.tenant_id = $1 AND %s)', v_relation, v_condition)
        INTO STRICT v_is_named USING OLD.tenant_id, to_jsonb(OLD);
        IF v_is_named THEN
            RAISE EXCEPTION USING
                ERRCODE = 'foreign_key_violation', SCHEMA = 'data', TABLE = v_relation,
                CONSTRAINT = format('%s_%s_fkey', v_relation, v_rule),
                MESSAGE = format('records of data.%I name this row of %I.%I', v_relation, TG_TABLE_SCHEMA, TG_TABLE_NAME);
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END;
$$;
COMMENT ON FUNCTION data.keep_sources() IS 'Keeps the connections, kinds of record and tenants that records name.';

DO $$
DECLARE
    v_relation text;
BEGIN
    FOREACH v_relation IN ARRAY ARRAY['accounts', 'contacts', 'opportunities', 'records']
    LOOP
        EXECUTE format(
            'ALTER TABLE data.%1$I DROP CONSTRAINT IF EXISTS %2$I, DROP CONSTRAINT IF EXISTS %3$I, DROP CONSTRAINT IF EXISTS %4$I',
            v_relation, v_relation || '_tenant_id_fkey', v_relation || '_source_connection_id_fkey',
            v_relation || '_record_type_fkey');
        EXECUTE format(
            'CREATE TRIGGER require_sources AFTER INSERT ON data.%I REFERENCING NEW TABLE AS new_rows'
            ' FOR EACH STATEMENT EXECUTE FUNCTION data.require_sources()', v_relation);
        EXECUTE format(
            'CREATE TRIGGER refuse_source_change BEFORE UPDATE OF source_connection_id ON data.%I FOR EACH ROW'
            ' WHEN (OLD.source_connection_id IS DISTINCT FROM NEW.source_connection_id)'
            ' EXECUTE FUNCTION data.refuse_source_change()', v_relation);
    END LOOP;
END;
$$;
CREATE TRIGGER require_record_types AFTER INSERT ON data.records REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION data.require_record_types();
CREATE TRIGGER refuse_record_type_change BEFORE UPDATE OF record_type ON data.records FOR EACH ROW
    WHEN (OLD.record_type IS DISTINCT FROM NEW.record_type) EXECUTE FUNCTION data.refuse_source_change();
CREATE TRIGGER keep_sources BEFORE DELETE OR UPDATE OF tenant_id, connection_id ON data.connections FOR EACH ROW
    EXECUTE FUNCTION data.keep_sources();
CREATE TRIGGER keep_sources BEFORE DELETE OR UPDATE OF tenant_id, record_type ON data.record_types FOR EACH ROW
    EXECUTE FUNCTION data.keep_sources();
CREATE TRIGGER keep_sources BEFORE DELETE OR UPDATE OF tenant_id ON auth.tenants FOR EACH ROW
    EXECUTE FUNCTION data.keep_sources();
