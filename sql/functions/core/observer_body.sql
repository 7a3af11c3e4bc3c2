-- Requires: functions/core/elect_notifier.sql
-- The body of the trigger function that core.observe() makes for one table and one kind of statement.
--
-- A row each leaves an event <topic>.created, .updated or .deleted with the columns; more rows than rows_max leave one
-- <topic>.changed a tenant, with operation and record_count. An update of other columns tells nothing. No row is too
-- large to be written for its event's sake: then the event says is_too_large instead. What a larger doing causes says so
-- in caused_by, as core.cause() was told.
--
-- Role:    pgserver_owner
-- Takes:   operation: insert, update or delete. keys: the columns of the key besides the tenant.
-- Returns: PL/pgSQL, of which the few rows of most statements run one INSERT. That the topic is there the deployment
--          sees to: api.catalog_faults().
CREATE OR REPLACE FUNCTION core.observer_body(
    operation text, observed regclass, topic text, subject_kind text, columns text[], keys text[], rows_max integer)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_subject_bytes_max CONSTANT integer := 400;
    v_payload_bytes_max CONSTANT integer := 65536;
    v_pairs_max         CONSTANT integer := 50;  -- a function takes 100 arguments
    v_rows  CONSTANT text := CASE observer_body.operation WHEN 'delete' THEN 'old_rows' ELSE 'new_rows' END;
    v_done  CONSTANT text := CASE observer_body.operation
        WHEN 'insert' THEN 'created' WHEN 'update' THEN 'updated' ELSE 'deleted' END;
    v_subject  text;
    v_payload  text;
    v_changed  text;
    v_same_key text;
    v_join     text := '';
    v_updated  text := '';
BEGIN
    -- The key as text; in JSON's form where the form is a setting's.
    SELECT string_agg(
        format(
            CASE WHEN a.atttypid IN ('uuid'::regtype, 'text'::regtype, 'bigint'::regtype, 'integer'::regtype)
                THEN 'n.%I::text' ELSE 'to_jsonb(n.%I) #>> ''{}''' END,
            k.name),
        ' || '':'' || ' ORDER BY k.position)
    INTO v_subject
    FROM unnest(observer_body.keys) WITH ORDINALITY AS k (name, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = observer_body.observed AND a.attname = k.name;

    SELECT COALESCE(string_agg(format('jsonb_build_object(%s)', g.pairs), ' || ' ORDER BY g.number), 'jsonb_build_object()')
    INTO v_payload
    FROM (
        SELECT (c.position - 1) / v_pairs_max AS number,
            string_agg(format('%L, n.%I', c.name, c.name), ', ' ORDER BY c.position) AS pairs
        FROM unnest(observer_body.columns) WITH ORDINALITY AS c (name, position)
        GROUP BY (c.position - 1) / v_pairs_max
    ) AS g;

    IF observer_body.operation = 'update' THEN
        -- As JSON, which every type has, and with it a comparison.
        SELECT string_agg(
            format('CASE WHEN to_jsonb(o.%I) IS DISTINCT FROM to_jsonb(n.%I) THEN %L END', c.name, c.name, c.name),
            ', ' ORDER BY c.position)
        INTO v_changed
        FROM unnest(observer_body.columns) WITH ORDINALITY AS c (name, position);
        SELECT string_agg(format('o.%I = n.%I', k.name, k.name), ' AND ' ORDER BY k.position)
        INTO v_same_key
        FROM unnest(ARRAY['tenant_id'] || observer_body.keys) WITH ORDINALITY AS k (name, position);
        v_changed := format('array_remove(ARRAY[%s]::text[], NULL)', v_changed);
        v_payload := format('%s || jsonb_build_object(''changed'', %s)', v_payload, v_changed);
        v_join := format(' LEFT JOIN old_rows AS o ON %s', v_same_key);
        v_updated := format(' WHERE %s <> ''{}''', v_changed);
    END IF;

    RETURN format(
$body$
DECLARE
    v_cause CONSTANT jsonb := CASE WHEN COALESCE(current_setting('core.cause', true), '') = '' THEN '{}'
        ELSE jsonb_build_object('caused_by', current_setting('core.cause')) END;
BEGIN
    INSERT INTO core.events (tenant_id, topic, type, subject_kind, subject_id, payload)
    SELECT
        r.tenant_id, %1$L, %2$L, %3$L, CASE WHEN octet_length(r.subject_id) <= %4$s THEN r.subject_id END,
        CASE WHEN pg_column_size(r.payload) <= %5$s THEN r.payload ELSE '{"is_too_large": true}' || v_cause END
    FROM (SELECT n.tenant_id, %6$s AS subject_id, %7$s || v_cause AS payload FROM %8$s AS n%9$s%10$s OFFSET 0) AS r
    WHERE NOT EXISTS (SELECT FROM %8$s OFFSET %11$s);
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM %8$s OFFSET %11$s) THEN
            RETURN NULL;  -- no rows, or an update that shows nowhere
        END IF;
        INSERT INTO core.events (tenant_id, topic, type, subject_kind, payload)
        SELECT
            n.tenant_id, %1$L, %12$L, %3$L, jsonb_build_object('operation', %13$L, 'record_count', count(*)) || v_cause
        FROM %8$s AS n%9$s%10$s
        GROUP BY n.tenant_id
        ORDER BY n.tenant_id;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF core.elect_notifier() THEN
        PERFORM pg_notify('pgserver_events', '');
    END IF;
    RETURN NULL;
END;
$body$,
        observer_body.topic, observer_body.topic || '.' || v_done, observer_body.subject_kind, v_subject_bytes_max,
        v_payload_bytes_max, v_subject, v_payload, v_rows, v_join, v_updated, observer_body.rows_max,
        observer_body.topic || '.changed', v_done);
END;
$$;
COMMENT ON FUNCTION core.observer_body(text, regclass, text, text, text[], text[], integer) IS
    'The body of the trigger function that publishes what one kind of statement does to a table.';
