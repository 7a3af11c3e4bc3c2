-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/source_priorities.sql
-- Requires: functions/data/set_source_priorities.sql
-- Says whose values survive when contacts become one. The list replaces the one before; contacts are unified anew.
--
-- Role:    member
-- Returns: 200 {source_priorities: [{source_system, priority}]}
-- Errors:  PT400 invalid    400  an entry cannot be understood; it is named
--          PT403 forbidden  403  the permission connections.write is missing
CREATE OR REPLACE FUNCTION autonomos.set_source_priorities(source_priorities jsonb)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM data.set_source_priorities(set_source_priorities.source_priorities);
    RETURN autonomos.source_priorities();
END;
$$;
COMMENT ON FUNCTION autonomos.set_source_priorities(jsonb) IS 'Says whose values survive when contacts become one.';
GRANT EXECUTE ON FUNCTION autonomos.set_source_priorities(jsonb) TO member;
SELECT api.route('PUT /api/v1/dcl/source-priorities', 'autonomos.set_source_priorities', rate => 'write',
    permission => 'connections.write',
    returns => '{"source_priorities": [{"source_system": "string", "priority": "integer"}]}', errors => '{invalid}',
    tag => 'DCL');
