-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/data/drop_mapping.sql
-- Ends a mapping. Its records stay and say where they came from.
--
-- Role:    member
-- Returns: 204
-- Errors:  PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such mapping
--          PT409 connection_busy  409  another change of the connection is under way
--          PT503 unavailable      503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.drop_mapping(mapping_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM data.drop_mapping(drop_mapping.mapping_id);
END;
$$;
COMMENT ON FUNCTION autonomos.drop_mapping(uuid) IS 'Ends a mapping. Its records stay.';
GRANT EXECUTE ON FUNCTION autonomos.drop_mapping(uuid) TO member;
SELECT api.route(
    'DELETE /api/v1/aam/mappings/{mapping_id}', 'autonomos.drop_mapping', rate => 'write', status => 204, tag => 'AAM',
    errors => '{forbidden,not_found,conflict,unavailable}');
