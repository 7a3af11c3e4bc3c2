-- Requires: functions/data/answer_drift.sql
-- Requires: functions/data/drift_topic.sql
-- Requires: functions/data/schema_differences.sql
-- Keeps what was found in a source: as a new snapshot if it is other than the last, with an event of drift for each
-- difference; else the last was seen again, and takes what moves without being drift (counts, values). What may touch a
-- mapping is seen to; the rest is only told. The first look at a source finds no drift. 200 versions are kept.
--
-- Role:    pgserver_owner, which holds the connection's lock
CREATE OR REPLACE FUNCTION data.store_snapshot(
    connection data.connections, relations jsonb, OUT version int, OUT drift_found int)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_event_ids_max CONSTANT int         := 50;
    v_answered_max  CONSTANT int         := 1000;
    v_versions_max  CONSTANT int         := 200;
    v_since         CONSTANT timestamptz := clock_timestamp();
    v_fingerprint   CONSTANT bytea       := data.schema_fingerprint(store_snapshot.relations);
    v_last          data.schema_snapshots;
    v_mapped        data.drift_events;
    v_told          record;
BEGIN
    drift_found := 0;
    SELECT s.*
    INTO v_last
    FROM data.schema_snapshots AS s
    WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
    ORDER BY s.version DESC
    LIMIT 1;
    IF v_last.fingerprint = v_fingerprint THEN
        version := v_last.version;
        UPDATE data.schema_snapshots AS s
        SET last_seen_at = clock_timestamp(),
            relations = (
                SELECT COALESCE(jsonb_agg(
                    CASE WHEN connection.configuration ? 'host' THEN n.entry || jsonb_build_object('columns', o.entry -> 'columns')
                        ELSE n.entry END ORDER BY n.position), '[]')
                FROM jsonb_array_elements(store_snapshot.relations) WITH ORDINALITY AS n (entry, position)
                JOIN jsonb_array_elements(v_last.relations) AS o (entry) ON o.entry -> 'relation' = n.entry -> 'relation'
            )
        WHERE s.tenant_id = v_last.tenant_id AND s.connection_id = v_last.connection_id AND s.version = v_last.version;
        RETURN;
    END IF;

    version := COALESCE(v_last.version, 0) + 1;
    INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
    VALUES (connection.tenant_id, connection.connection_id, version, store_snapshot.relations, v_fingerprint);
    IF v_last.version IS NULL THEN
        RETURN;
    END IF;
    DELETE FROM data.schema_snapshots AS s
    WHERE s.tenant_id = connection.tenant_id AND s.connection_id = connection.connection_id
        AND s.version <= store_snapshot.version - v_versions_max;
    INSERT INTO data.drift_events (
        tenant_id, connection_id, version, event_type, relation, field, new_field, old_schema, new_schema, confidence)
    SELECT
        connection.tenant_id, connection.connection_id, store_snapshot.version, d.event_type, d.relation, d.field,
        d.new_field, d.old_schema, d.new_schema, d.confidence
    FROM data.schema_differences(v_last.relations, store_snapshot.relations, connection.configuration ? 'host') AS d;
    GET DIAGNOSTICS drift_found = ROW_COUNT;

    FOR v_mapped IN
        SELECT d.*
        FROM data.drift_events AS d
        WHERE d.tenant_id = connection.tenant_id AND d.connection_id = connection.connection_id
            AND d.version = store_snapshot.version AND d.event_type <> 'table_added' AND EXISTS (
                SELECT
                FROM data.mappings AS m
                WHERE m.tenant_id = d.tenant_id AND m.connection_id = d.connection_id
                    AND m.source_relation = d.relation
            )
        -- A column that came may take the place of one that went: what went is seen to first.
        ORDER BY d.event_type = 'field_added', d.relation, d.event_type, d.field
        LIMIT v_answered_max
    LOOP
        PERFORM data.answer_drift(v_mapped);
    END LOOP;

    FOR v_told IN
        SELECT
            d.relation, count(*) AS record_count,
            jsonb_agg(DISTINCT d.event_type) AS event_types,
            (array_agg(d.drift_event_id ORDER BY d.event_type, d.field))[:v_event_ids_max] AS drift_event_ids,
            (
                SELECT COALESCE(m.record_type, m.entity)
                FROM data.mappings AS m
                WHERE m.tenant_id = connection.tenant_id AND m.connection_id = connection.connection_id
                    AND m.source_relation = d.relation
                ORDER BY m.created_at
                LIMIT 1
            ) AS entity
        FROM data.drift_events AS d
        WHERE d.tenant_id = connection.tenant_id AND d.connection_id = connection.connection_id
            AND d.version = store_snapshot.version
        GROUP BY d.relation
        ORDER BY d.relation
    LOOP
        PERFORM core.publish(
            'data.drift', 'data.drift.detected',
            jsonb_build_object(
                'connection_id', connection.connection_id, 'source_system', connection.source_system,
                'version', store_snapshot.version, 'relation', v_told.relation, 'entity', v_told.entity,
                'event_types', v_told.event_types, 'drift_event_ids', to_jsonb(v_told.drift_event_ids),
                'record_count', v_told.record_count,
                'processing_time_ms', round(extract(epoch FROM clock_timestamp() - v_since) * 1000)),
            'connection', connection.connection_id::text, connection.tenant_id);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION data.store_snapshot(data.connections, jsonb) IS 'Keeps what was found in a source.';
