-- Requires: functions/api/listen.sql
-- The topics that the caller may listen to.
--
-- Role:    member
-- Returns: 200 {topics: [{topic, description}]}
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION api.list_topics()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('topics', (
        SELECT COALESCE(json_agg(json_build_object('topic', t.topic, 'description', t.description) ORDER BY t.topic), '[]')
        FROM core.topics AS t
        WHERE t.permission IS NULL OR auth.has_permission(t.permission)));
END;
$$;
COMMENT ON FUNCTION api.list_topics() IS 'The topics that the caller may listen to.';
GRANT EXECUTE ON FUNCTION api.list_topics() TO member;
SELECT api.route('GET /api/v1/stream/topics', 'api.list_topics', dialect => 'server', rate => 'stream',
    returns => '{"topics": [{"topic": "string", "description": "string"}]}', tag => 'Events');
