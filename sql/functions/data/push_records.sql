-- Requires: functions/data/receiving_connection.sql
-- Requires: functions/data/source_changed.sql
-- Takes a batch of records that an outside extractor pushes: those that changed, and the keys of those that are gone.
--
-- A batch is known by its relation and cursor: sent again it gets the same answer and has no second effect. A record
-- replaces the one with its key as a whole; one that says nothing new changes nothing. Of several records with one key
-- the last counts; keys of removed records are looked at last. The key is a text or a number and becomes text.
--
-- key_field: needed the first time, and the same ever after. previous_cursor: refused unless it is the last one; left
-- out it is not compared. schema: what the extractor says of its fields, {field: type}.
--
-- Role:    member, worker
-- Definer: lends the writing of source rows, for the caller's tenant
-- Returns: {relation, cursor, accepted, updated, deleted, rejected: [{index, reason}]}. accepted: records that are now
--          held as sent; updated: those of them that changed one held before; deleted: records that were held.
-- Errors:  PT400 invalid            400  a field is missing, malformed or too large; DETAIL names it
--          PT401 unauthenticated    401  nobody is signed in
--          PT403 forbidden          403  the permission connections.write is missing
--          PT404 not_found          404  the tenant has no such connection
--          PT409 connection_kind    409  a connection of this type is not pushed to
--          PT409 connection_paused  409  the connection is paused
--          PT409 disconnected       409  the connection was disconnected
--          PT409 cursor_reused      409  another batch has been sent under this cursor
--          PT409 cursor_mismatch    409  previous_cursor is not the last one
--          PT409 key_field_changed  409  the relation's records are told apart by another field
--          PT409 relations_limit    409  the connection has as many relations as it may have
CREATE OR REPLACE FUNCTION data.push_records(
    connection_id uuid, relation text, cursor text, records jsonb DEFAULT '[]', deleted_keys jsonb DEFAULT '[]',
    key_field text DEFAULT NULL, previous_cursor text DEFAULT NULL, schema jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_record_count_max   CONSTANT int := 10000;
    v_relation_count_max CONSTANT int := 1000;
    v_column_count_max   CONSTANT int := 2000;
    v_key_length_max     CONSTANT int := 500;
    v_connection  CONSTANT data.connections := data.receiving_connection(push_records.connection_id, 'push');
    v_records     CONSTANT jsonb := COALESCE(push_records.records, '[]');
    v_keys        CONSTANT jsonb := COALESCE(push_records.deleted_keys, '[]');
    v_fingerprint bytea;
    v_relation    data.source_relations;
    v_batch       data.push_batches;
    v_rejected    jsonb;
    v_accepted    bigint;
    v_inserted    bigint;
    v_updated     bigint;
    v_revived     bigint;
    v_deleted     bigint;
    v_columns     text[];
    v_answer      jsonb;
BEGIN
    PERFORM api.invalid(
        CASE WHEN COALESCE(char_length(push_records.relation), 0) NOT BETWEEN 1 AND 120 THEN
            ('relation', 'invalid_value', 'The name of a relation has 1 to 120 characters.')::api.fault END,
        CASE WHEN COALESCE(char_length(push_records.cursor), 0) NOT BETWEEN 1 AND 500 THEN
            ('cursor', 'invalid_value', 'A cursor has 1 to 500 characters.')::api.fault END,
        CASE WHEN char_length(push_records.key_field) NOT BETWEEN 1 AND 200 THEN
            ('key_field', 'invalid_value', 'The name of a field has 1 to 200 characters.')::api.fault END,
        CASE WHEN jsonb_typeof(v_records) <> 'array' THEN
            ('records', 'invalid_type', 'The records are an array of objects.')::api.fault
        WHEN jsonb_array_length(v_records) > v_record_count_max THEN
            ('records', 'too_many', format('A batch has at most %s records.', v_record_count_max))::api.fault END,
        CASE WHEN jsonb_typeof(v_keys) <> 'array' THEN
            ('deleted_keys', 'invalid_type', 'The keys of deleted records are an array of texts or numbers.')::api.fault
        WHEN jsonb_array_length(v_keys) > v_record_count_max THEN
            ('deleted_keys', 'too_many', format('A batch has at most %s keys.', v_record_count_max))::api.fault
        WHEN jsonb_path_exists(v_keys, '$[*] ? (@.type() != "string" && @.type() != "number")') THEN
            ('deleted_keys', 'invalid_type', 'The keys of deleted records are an array of texts or numbers.')::api.fault
        END,
        CASE WHEN jsonb_typeof(push_records.schema) <> 'object'
            OR jsonb_path_exists(push_records.schema, '$.* ? (@.type() != "string")')
            OR octet_length(push_records.schema::text) > 65536
        THEN
            ('schema', 'invalid_type', 'The schema is an object of field names and types, of at most 64 KiB.')::api.fault
        END);

    SELECT r.*
    INTO v_relation
    FROM data.source_relations AS r
    WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
        AND r.relation = push_records.relation
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        IF push_records.key_field IS NULL THEN
            PERFORM api.invalid((
                'key_field', 'required', 'The first batch of a relation says which field tells its records apart.')::api.fault);
        ELSIF (
            SELECT count(*) FROM data.source_relations AS r
            WHERE r.tenant_id = v_connection.tenant_id AND r.connection_id = v_connection.connection_id
        ) >= v_relation_count_max THEN
            PERFORM api.fail('relations_limit', 'This connection has as many relations as it may have.', 409);
        END IF;
        INSERT INTO data.source_relations AS r (tenant_id, connection_id, relation, key_field)
        VALUES (v_connection.tenant_id, v_connection.connection_id, push_records.relation, push_records.key_field)
        -- Another first batch may have been quicker.
        ON CONFLICT ON CONSTRAINT source_relations_pkey DO UPDATE SET updated_at = r.updated_at
        RETURNING r.* INTO STRICT v_relation;
    END IF;
    IF push_records.key_field <> v_relation.key_field THEN
        PERFORM api.fail('key_field_changed', format(
            'The records of this relation are told apart by the field "%s".', v_relation.key_field), 409, 'key_field');
    END IF;

    v_fingerprint := sha256(convert_to(jsonb_build_array(
        v_records, v_keys, push_records.previous_cursor, push_records.schema)::text, 'UTF8'));
    SELECT b.*
    INTO v_batch
    FROM data.push_batches AS b
    WHERE b.tenant_id = v_relation.tenant_id AND b.connection_id = v_relation.connection_id
        AND b.relation = v_relation.relation AND b.cursor = push_records.cursor;
    IF FOUND AND v_batch.fingerprint = v_fingerprint THEN
        RETURN v_batch.answer;
    ELSIF FOUND THEN
        PERFORM api.fail('cursor_reused', 'Another batch has been sent under this cursor.', 409, 'cursor');
    ELSIF push_records.previous_cursor IS NOT NULL AND push_records.previous_cursor IS DISTINCT FROM v_relation.last_cursor THEN
        PERFORM api.fail('cursor_mismatch', CASE WHEN v_relation.last_cursor IS NULL
            THEN 'Nothing has been sent yet.' ELSE format('The last cursor is "%s".', v_relation.last_cursor) END,
            409, 'previous_cursor');
    END IF;

    WITH sent AS MATERIALIZED (
        SELECT
            e.n,
            e.record,
            CASE WHEN jsonb_typeof(e.record) = 'object'
                AND jsonb_typeof(e.record -> v_relation.key_field) IN ('string', 'number')
                THEN e.record ->> v_relation.key_field END AS source_key
        FROM jsonb_array_elements(v_records) WITH ORDINALITY AS e (record, n)
    ), judged AS MATERIALIZED (
        SELECT
            s.n,
            s.record,
            s.source_key,
            CASE
                WHEN jsonb_typeof(s.record) <> 'object' THEN 'A record is an object.'
                WHEN COALESCE(s.source_key, '') = '' THEN format('The field "%s" holds no key.', v_relation.key_field)
                WHEN char_length(s.source_key) > v_key_length_max
                    THEN format('A key has at most %s characters.', v_key_length_max)
                WHEN lead(s.n) OVER (PARTITION BY s.source_key ORDER BY s.n) IS NOT NULL
                    THEN 'A later record of the batch has the same key.'
            END AS reason
        FROM sent AS s
    ), held AS MATERIALIZED (
        SELECT j.source_key, r.is_deleted, NOT r.is_deleted AND r.source_row = j.record AS is_same
        FROM judged AS j
        JOIN data.source_rows AS r ON r.source_key = j.source_key
        WHERE j.reason IS NULL AND r.tenant_id = v_relation.tenant_id AND r.connection_id = v_relation.connection_id
            AND r.relation = v_relation.relation AND r.generation = v_relation.generation
    ), news AS (
        SELECT j.source_key, j.record, row_number() OVER (ORDER BY j.n) AS nth
        FROM judged AS j
        LEFT JOIN held AS h ON h.source_key = j.source_key
        WHERE j.reason IS NULL AND h.is_same IS NOT TRUE
    ), written AS (
        INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
        SELECT
            v_relation.tenant_id, v_relation.connection_id, v_relation.relation, v_relation.generation,
            v_relation.last_row_no + n.nth, n.source_key, n.record
        FROM news AS n
        ON CONFLICT (tenant_id, connection_id, relation, generation, source_key) WHERE source_key IS NOT NULL
        DO UPDATE SET row_no = EXCLUDED.row_no, source_row = EXCLUDED.source_row, is_deleted = false, received_at = now()
        RETURNING row_no
    )
    SELECT
        (SELECT COALESCE(jsonb_agg(jsonb_build_object('index', j.n - 1, 'reason', j.reason) ORDER BY j.n), '[]')
            FROM judged AS j WHERE j.reason IS NOT NULL),
        (SELECT count(*) FROM judged AS j WHERE j.reason IS NULL),
        (SELECT count(*) FROM written) - (SELECT count(*) FROM held AS h WHERE NOT h.is_same),
        (SELECT count(*) FROM held AS h WHERE NOT h.is_same AND NOT h.is_deleted),
        (SELECT count(*) FROM held AS h WHERE h.is_deleted)
    INTO v_rejected, v_accepted, v_inserted, v_updated, v_revived;
    v_relation.last_row_no := v_relation.last_row_no + v_inserted + v_updated + v_revived;

    WITH gone AS (
        SELECT r.source_key, row_number() OVER (ORDER BY min(k.n)) AS nth
        FROM jsonb_array_elements_text(v_keys) WITH ORDINALITY AS k (source_key, n)
        JOIN data.source_rows AS r ON r.source_key = k.source_key
        WHERE r.tenant_id = v_relation.tenant_id AND r.connection_id = v_relation.connection_id
            AND r.relation = v_relation.relation AND r.generation = v_relation.generation AND NOT r.is_deleted
        GROUP BY r.source_key
    ), marked AS (
        UPDATE data.source_rows AS r
        SET is_deleted = true, row_no = v_relation.last_row_no + g.nth, received_at = now()
        FROM gone AS g
        WHERE r.tenant_id = v_relation.tenant_id AND r.connection_id = v_relation.connection_id
            AND r.relation = v_relation.relation AND r.generation = v_relation.generation
            AND r.source_key = g.source_key
        RETURNING r.row_no
    )
    SELECT count(*) INTO v_deleted FROM marked;

    SELECT array_agg(k.name ORDER BY k.n, k.name)
    INTO v_columns
    FROM (
        SELECT o.name, min(e.n) AS n
        FROM jsonb_array_elements(v_records) WITH ORDINALITY AS e (record, n)
        CROSS JOIN LATERAL jsonb_object_keys(CASE jsonb_typeof(e.record) WHEN 'object' THEN e.record ELSE '{}' END) AS o (name)
        WHERE o.name <> ALL (v_relation.columns)
        GROUP BY o.name
    ) AS k;
    v_columns := (v_relation.columns || COALESCE(v_columns, '{}'))[:v_column_count_max];

    v_answer := jsonb_build_object(
        'relation', v_relation.relation, 'cursor', push_records.cursor, 'accepted', v_accepted,
        'updated', v_updated, 'deleted', v_deleted, 'rejected', v_rejected);
    UPDATE data.push_batches AS b
    SET is_last = false
    WHERE b.tenant_id = v_relation.tenant_id AND b.connection_id = v_relation.connection_id
        AND b.relation = v_relation.relation AND b.cursor = v_relation.last_cursor;
    INSERT INTO data.push_batches (tenant_id, connection_id, relation, cursor, fingerprint, answer)
    VALUES (
        v_relation.tenant_id, v_relation.connection_id, v_relation.relation, push_records.cursor, v_fingerprint,
        v_answer);
    UPDATE data.source_relations AS r
    SET last_row_no = v_relation.last_row_no + v_deleted,
        row_count = r.row_count + v_inserted + v_revived - v_deleted,
        byte_count = r.byte_count + octet_length(v_records::text),
        columns = v_columns,
        declared_schema = COALESCE(push_records.schema, r.declared_schema),
        last_cursor = push_records.cursor,
        updated_at = now()
    WHERE r.tenant_id = v_relation.tenant_id AND r.connection_id = v_relation.connection_id
        AND r.relation = v_relation.relation;
    IF v_columns <> v_relation.columns OR v_connection.status <> 'ACTIVE' THEN
        PERFORM data.source_changed(v_connection.connection_id);
    END IF;
    RETURN v_answer;
END;
$$;
COMMENT ON FUNCTION data.push_records(uuid, text, text, jsonb, jsonb, text, text, jsonb) IS
    'Takes a batch of records that an outside extractor pushes.';
GRANT EXECUTE ON FUNCTION data.push_records(uuid, text, text, jsonb, jsonb, text, text, jsonb) TO member, worker;
