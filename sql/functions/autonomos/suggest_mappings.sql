-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/suggest_mappings.sql
-- Looks for mappings of a connection, or of one of its relations; applies what is sure and queues the rest.
--
-- Role:    member
-- Returns: 200 {connection_id, version, relations: [{relation, entity, score, mapping_id, applied, queued}], applied,
--          queued}. A source of very many relations is asked for one by one, or by a bulk mapping, which takes its time.
-- Errors:  PT400 invalid          400  the source has no such relation
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such connection
--          PT409 connection_busy  409  a sync or a change of this connection is under way
--          PT409 disconnected     409  the connection was disconnected
--          PT409 not_discovered   409  nothing was discovered of the connection yet
--          PT503 unavailable      503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.suggest_mappings(connection_id uuid, relation text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    RETURN data.suggest_mappings(suggest_mappings.connection_id, suggest_mappings.relation)::json;
END;
$$;
COMMENT ON FUNCTION autonomos.suggest_mappings(uuid, text) IS
    'Looks for mappings of a connection; applies what is sure and queues the rest.';
GRANT EXECUTE ON FUNCTION autonomos.suggest_mappings(uuid, text) TO member;
SELECT api.route(
    'POST /api/v1/aam/connections/{connection_id}/suggest', 'autonomos.suggest_mappings', rate => 'write', pool => 'slow',
    tag => 'AAM',
    returns => '{
        "connection_id": "uuid", "version": "integer",
        "relations": [{"relation": "string", "entity": "string", "score": "number", "mapping_id": "string?",
                       "applied": "integer", "queued": "integer"}],
        "applied": "integer", "queued": "integer"}',
    errors => '{invalid,forbidden,not_found,"409 not_discovered nothing was discovered of the connection yet","409 disconnected the connection was disconnected",unavailable}');
