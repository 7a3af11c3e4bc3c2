-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/push_records.sql
-- Takes a batch of records of a relation from an outside extractor: changed records, and keys of those that are gone. A
-- batch sent again under its cursor gets the same answer and has no second effect.
--
-- Role:    member
-- Returns: 200 {relation, cursor, accepted, updated, deleted, rejected: [{index, reason}]}
-- Errors:  as data.push_records
CREATE OR REPLACE FUNCTION autonomos.push_records(
    connection_id uuid, relation text, cursor text, records jsonb DEFAULT '[]', deleted_keys jsonb DEFAULT '[]',
    key_field text DEFAULT NULL, previous_cursor text DEFAULT NULL, schema jsonb DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_answer jsonb;
BEGIN
    PERFORM autonomos.require_aam();
    v_answer := data.push_records(
        push_records.connection_id, push_records.relation, push_records.cursor, push_records.records,
        push_records.deleted_keys, push_records.key_field, push_records.previous_cursor, push_records.schema);
    RETURN json_build_object(
        'relation', v_answer -> 'relation', 'cursor', v_answer -> 'cursor', 'accepted', v_answer -> 'accepted',
        'updated', v_answer -> 'updated', 'deleted', v_answer -> 'deleted', 'rejected', v_answer -> 'rejected');
END;
$$;
COMMENT ON FUNCTION autonomos.push_records(uuid, text, text, jsonb, jsonb, text, text, jsonb) IS
    'Takes a batch of records from an outside extractor.';
GRANT EXECUTE ON FUNCTION autonomos.push_records(uuid, text, text, jsonb, jsonb, text, text, jsonb) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/records', 'autonomos.push_records',
    rate => 'write', pool => 'slow', timeout => interval '60 s', max_body => 16777216, tag => 'AAM', idempotency => false,
    returns => '{
        "relation": "string", "cursor": "string", "accepted": "integer", "updated": "integer", "deleted": "integer",
        "rejected": [{"index": "integer", "reason": "string"}]
    }',
    errors => '{404 not_found the tenant has no such connection,409 connection_kind a connection of this type is not pushed to,409 connection_paused the connection is paused,409 disconnected the connection was disconnected,409 cursor_reused another batch has been sent under this cursor,409 cursor_mismatch previous_cursor is not the last one,409 key_field_changed the records are told apart by another field,409 relations_limit the connection has as many relations as it may have,503 unavailable AAM models not configured}');
