-- Requires: functions/autonomos/dialect.sql
-- Whose values survive when contacts become one, the first source first.
--
-- Role:    member
-- Returns: 200 {source_priorities: [{source_system, priority}]}
-- Errors:  none of its own
CREATE OR REPLACE FUNCTION autonomos.source_priorities()
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN json_build_object('source_priorities', (
        SELECT COALESCE(json_agg(
            json_build_object('source_system', p.source_system, 'priority', p.priority)
            ORDER BY p.priority, p.source_system), '[]')
        FROM data.source_priorities AS p
        WHERE p.tenant_id = auth.tenant_id()));
END;
$$;
COMMENT ON FUNCTION autonomos.source_priorities() IS 'Whose values survive when contacts become one, the first source first.';
GRANT EXECUTE ON FUNCTION autonomos.source_priorities() TO member;
SELECT api.route('GET /api/v1/dcl/source-priorities', 'autonomos.source_priorities', rate => 'read',
    returns => '{"source_priorities": [{"source_system": "string", "priority": "integer"}]}', tag => 'DCL');
