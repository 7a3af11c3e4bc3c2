-- Requires: functions/core/wake_sequencer.sql
-- Publishes what a statement did to an observed table. Attached by core.observe(), which passes topic, kind of subject,
-- columns, key columns besides the tenant and the most rows that are told one by one.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer of an observed table the adding of its events to the log
-- Returns: nothing. A row each: <topic>.created, .updated or .deleted with the columns; of more rows one
--          <topic>.changed a tenant, with operation and record_count. An update of other columns tells nothing.
--          No row is too large to be written for its event's sake: then the event says is_too_large instead.
--          What a larger doing causes says so in caused_by, as core.cause() was told.
-- Errors:  42704  the topic is not declared
CREATE OR REPLACE FUNCTION core.observed()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_topic    CONSTANT text    := TG_ARGV[0];
    v_kind     CONSTANT text    := TG_ARGV[1];
    v_columns  CONSTANT text[]  := TG_ARGV[2]::text[];
    v_keys     CONSTANT text[]  := TG_ARGV[3]::text[];
    v_rows_max CONSTANT integer := TG_ARGV[4]::integer;
    v_subject_bytes_max CONSTANT integer := 400;
    v_payload_bytes_max CONSTANT integer := 65536;
    v_done     CONSTANT text    := CASE TG_OP
        WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END;
    v_cause    CONSTANT jsonb   := jsonb_strip_nulls(
        jsonb_build_object('caused_by', nullif(current_setting('core.cause', true), '')));
    v_count  bigint;
    v_new    jsonb[];
    v_old    jsonb[];
    v_totals jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT count(*) INTO v_count FROM old_rows;
    ELSE
        SELECT count(*) INTO v_count FROM new_rows;
    END IF;
    IF v_count = 0 THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM core.topics AS t WHERE t.topic = v_topic) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object', MESSAGE = format('no topic is named %s', v_topic),
            HINT = format('Declare it, or end the observing of %s.', TG_RELID::regclass);
    END IF;

    IF v_count <= v_rows_max THEN
        IF TG_OP = 'DELETE' THEN
            SELECT array_agg(to_jsonb(r)) INTO v_new FROM old_rows AS r;
        ELSE
            SELECT array_agg(to_jsonb(r)) INTO v_new FROM new_rows AS r;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            SELECT array_agg(to_jsonb(r)) INTO v_old FROM old_rows AS r;
        END IF;
        INSERT INTO core.events (tenant_id, topic, type, subject_kind, subject_id, payload)
        SELECT
            (n.entry ->> 'tenant_id')::uuid, v_topic, v_topic || '.' || v_done, v_kind,
            CASE WHEN octet_length(n.subject_id) <= v_subject_bytes_max THEN n.subject_id END,
            CASE WHEN pg_column_size(p.payload) <= v_payload_bytes_max THEN p.payload
                ELSE '{"is_too_large": true}' || v_cause END
        FROM (
            SELECT u.entry, u.position, i.subject_id
            FROM unnest(v_new) WITH ORDINALITY AS u (entry, position)
            CROSS JOIN LATERAL (
                SELECT string_agg(u.entry ->> k.name, ':' ORDER BY k.position)
                FROM unnest(v_keys) WITH ORDINALITY AS k (name, position)
            ) AS i (subject_id)
        ) AS n
        LEFT JOIN (
            SELECT u.entry, i.subject_id
            FROM unnest(v_old) AS u (entry)
            CROSS JOIN LATERAL (
                SELECT string_agg(u.entry ->> k.name, ':' ORDER BY k.position)
                FROM unnest(v_keys) WITH ORDINALITY AS k (name, position)
            ) AS i (subject_id)
        ) AS o ON o.subject_id = n.subject_id AND o.entry -> 'tenant_id' = n.entry -> 'tenant_id'
        CROSS JOIN LATERAL (
            SELECT array_agg(c.name ORDER BY c.position) AS names
            FROM unnest(v_columns) WITH ORDINALITY AS c (name, position)
            WHERE o.entry -> c.name IS DISTINCT FROM n.entry -> c.name
        ) AS d
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(c.name, n.entry -> c.name)
                || CASE WHEN TG_OP = 'UPDATE' THEN jsonb_build_object('changed', d.names) ELSE '{}' END
                || v_cause AS payload
            FROM unnest(v_columns) AS c (name)
        ) AS p
        WHERE TG_OP <> 'UPDATE' OR d.names IS NOT NULL
        ORDER BY n.position;
    ELSE
        IF TG_OP = 'INSERT' THEN
            SELECT jsonb_object_agg(t.tenant_id, t.total) INTO v_totals
            FROM (SELECT r.tenant_id, count(*) AS total FROM new_rows AS r GROUP BY r.tenant_id) AS t;
        ELSIF TG_OP = 'DELETE' THEN
            SELECT jsonb_object_agg(t.tenant_id, t.total) INTO v_totals
            FROM (SELECT r.tenant_id, count(*) AS total FROM old_rows AS r GROUP BY r.tenant_id) AS t;
        ELSE
            EXECUTE format(
                'SELECT jsonb_object_agg(t.tenant_id, t.total)
                FROM (
                    SELECT n.tenant_id, count(*) AS total
                    FROM new_rows AS n JOIN old_rows AS o ON o.tenant_id = n.tenant_id%s
                    WHERE %s
                    GROUP BY n.tenant_id
                ) AS t',
                (SELECT string_agg(format(' AND o.%1$I = n.%1$I', k.name), '' ORDER BY k.position)
                 FROM unnest(v_keys) WITH ORDINALITY AS k (name, position)),
                (SELECT string_agg(
                    format('to_jsonb(o.%1$I) IS DISTINCT FROM to_jsonb(n.%1$I)', c.name), ' OR ' ORDER BY c.position)
                 FROM unnest(v_columns) WITH ORDINALITY AS c (name, position)))
            INTO v_totals;
        END IF;
        INSERT INTO core.events (tenant_id, topic, type, subject_kind, payload)
        SELECT
            t.key::uuid, v_topic, v_topic || '.changed', v_kind,
            jsonb_build_object('operation', v_done, 'record_count', t.value) || v_cause
        FROM jsonb_each(COALESCE(v_totals, '{}')) AS t
        ORDER BY t.key;
    END IF;
    IF FOUND THEN
        PERFORM core.wake_sequencer();
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION core.observed() IS 'Publishes what a statement did to an observed table.';
