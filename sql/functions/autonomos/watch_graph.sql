-- Requires: functions/api/stream.sql
-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/data/events.sql
-- The tenant's graph of sources, entities and mappings: once when the WebSocket is open, then whenever it has changed.
-- Every message is a whole graph.
--
-- Role:    member
-- Returns: 101 a stream of graphs
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION autonomos.watch_graph()
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN core.subscribe(
        '{data.connection,data.mapping,data.mapping_field,data.account,data.contact,data.opportunity}');
END;
$$;
COMMENT ON FUNCTION autonomos.watch_graph() IS
    'The tenant''s graph of sources, entities and mappings, now and whenever it changes.';
GRANT EXECUTE ON FUNCTION autonomos.watch_graph() TO member;
SELECT api.stream(
    'GET /dcl', 'autonomos.watch_graph', transport => 'websocket', state => 'autonomos.graph', rate => 'read',
    class => 'websocket', token_param => 'token', coalesce_after => '500 ms',
    returns => '{
        "nodes": [{"id": "string", "label": "string", "type": "source|entity"}],
        "edges": [{"source": "string", "target": "string", "weight": "integer"}],
        "confidence": "number", "last_updated": "date-time"
    }',
    tag => 'Events');
