-- Requires: functions/core/observer_body.sql
-- Makes every change of a tenant's table an event, in the transaction of the change. Called again, it replaces what was
-- said before; with no events it ends the observing.
--
-- The triggers' functions are written for the table: with its columns in their text, their plans are kept with the
-- session, which is most of what an event costs its writer.
--
-- Role:    pgserver_owner
-- Takes:   columns: what the payload shows, NULL for all but tenant and key; never name one that holds a secret.
--          events: any of insert, update, delete. subject_kind: NULL for the last word of the topic.
--          rows_max: a statement that touches more rows leaves one event a tenant instead of one a row.
-- Errors:  22023  the table has no primary key or no tenant_id, or a column, event or limit is not known
--          42704  the topic is not declared
CREATE OR REPLACE FUNCTION core.observe(
    observed regclass, topic text, columns text[] DEFAULT NULL, events text[] DEFAULT '{insert,update,delete}',
    subject_kind text DEFAULT NULL, rows_max integer DEFAULT 100)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_rows_max_most CONSTANT integer := 1000;
    v_keys    text[];
    v_columns text[];
    v_fault   text;
    v_table   text;
    v_event   text;
    v_name    text;
BEGIN
    SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey::smallint[], a.attnum)) INTO v_keys
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = observe.observed AND i.indisprimary;
    IF v_keys IS NULL OR v_keys[1] <> 'tenant_id' THEN
        v_fault := format('table %s has no primary key that begins with tenant_id', observe.observed);
    ELSIF NOT observe.events <@ ARRAY['insert', 'update', 'delete'] THEN
        v_fault := 'an event is insert, update or delete';
    ELSIF observe.rows_max IS NULL OR observe.rows_max NOT BETWEEN 1 AND v_rows_max_most THEN
        v_fault := format('rows_max is 1 to %s', v_rows_max_most);
    ELSE
        SELECT format('table %s has no column %s', observe.observed, c.name) INTO v_fault
        FROM unnest(observe.columns) AS c (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = observe.observed AND a.attname = c.name AND a.attnum > 0 AND NOT a.attisdropped)
        LIMIT 1;
    END IF;
    IF v_fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = v_fault;
    ELSIF NOT EXISTS (SELECT FROM core.topics AS t WHERE t.topic = observe.topic) THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_object', MESSAGE = format('no topic is named %s', observe.topic);
    END IF;

    SELECT n.nspname || '_' || c.relname INTO STRICT v_table
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = observe.observed;
    -- A table whose key is its tenant is about that tenant.
    IF cardinality(v_keys) > 1 THEN
        v_keys := v_keys[2:];
    END IF;
    v_columns := COALESCE(observe.columns, ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = observe.observed AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname <> 'tenant_id' AND a.attname <> ALL (v_keys)
        ORDER BY a.attnum));
    FOREACH v_event IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        v_name := format('observe_%s_%s_%s', v_event, left(v_table, 38), left(md5(v_table), 8));
        IF v_event = ANY (observe.events) THEN
            EXECUTE format(
                'CREATE OR REPLACE FUNCTION core.%I()
                RETURNS trigger LANGUAGE plpgsql
                VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = %L
                AS %L',
                v_name, '', core.observer_body(
                    v_event, observe.observed, observe.topic,
                    COALESCE(observe.subject_kind, substring(observe.topic FROM '[^.]+$')), v_columns, v_keys,
                    observe.rows_max));
            EXECUTE format('ALTER FUNCTION core.%I() OWNER TO pgserver_owner', v_name);
            EXECUTE format('REVOKE ALL ON FUNCTION core.%I() FROM PUBLIC', v_name);
            EXECUTE format(
                'COMMENT ON FUNCTION core.%I() IS %L', v_name,
                format('Publishes each %s of table %s.', v_event, observe.observed));
            EXECUTE format(
                'CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s
                    FOR EACH STATEMENT EXECUTE FUNCTION core.%I(%L, %L)',
                'observe_' || v_event, v_event, observe.observed,
                CASE v_event
                    WHEN 'insert' THEN 'NEW TABLE AS new_rows'
                    WHEN 'update' THEN 'OLD TABLE AS old_rows NEW TABLE AS new_rows'
                    ELSE 'OLD TABLE AS old_rows'
                END,
                v_name, observe.topic, v_columns);  -- arguments for api.catalog_faults() alone
        ELSE
            EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'observe_' || v_event, observe.observed);
            EXECUTE format('DROP FUNCTION IF EXISTS core.%I()', v_name);
        END IF;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION core.observe(regclass, text, text[], text[], text, integer) IS
    'Makes every change of a tenant''s table an event.';
