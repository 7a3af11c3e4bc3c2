-- Requires: functions/data/source_object.sql
-- Requires: functions/data/writable_mapping.sql
-- Ends a mapping. Its records stay and say where they came from; its rejects go.
--
-- Role:    member, worker
-- Definer: lends the removing of mappings and their foreign tables, of the caller's tenant
-- Errors:  PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the permission connections.write is missing
--          PT404 not_found        404  the tenant has no such mapping
--          PT409 connection_busy  409  another change of the connection is under way
CREATE OR REPLACE FUNCTION data.drop_mapping(mapping_id uuid)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_mapping CONSTANT data.mappings := data.writable_mapping(drop_mapping.mapping_id);
    v_table   CONSTANT text := data.source_object('rows', v_mapping.mapping_id);
BEGIN
    IF to_regclass(format('data_source.%I', v_table)) IS NOT NULL THEN
        EXECUTE format('DROP FOREIGN TABLE data_source.%I', v_table);
    END IF;
    DELETE FROM data.mappings AS m
    WHERE m.tenant_id = v_mapping.tenant_id AND m.mapping_id = v_mapping.mapping_id;
END;
$$;
COMMENT ON FUNCTION data.drop_mapping(uuid) IS 'Ends a mapping. Its records stay.';
GRANT EXECUTE ON FUNCTION data.drop_mapping(uuid) TO member, worker;
