-- Requires: functions/data/change_mapping.sql
-- Requires: functions/data/drop_mapping.sql
-- Requires: functions/data/failure_sentence.sql
-- Carries out what a suggestion proposes after a drift, on the mappings of its relation: another column for a field, no
-- column, another column to tell rows apart, or no mapping any more.
--
-- Role:    pgserver_owner, for functions that hold the connection and checked the permission
-- Returns: NULL if it was done; else why not
CREATE OR REPLACE FUNCTION data.apply_repair(suggestion data.mapping_suggestions)
RETURNS text LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_field CONSTANT text := COALESCE(suggestion.decided_field, suggestion.canonical_field);
    v_message    text;
    v_detail     text;
    v_constraint text;
BEGIN
    IF NOT EXISTS (
        SELECT FROM data.mappings AS m
        WHERE m.tenant_id = suggestion.tenant_id AND m.mapping_id = suggestion.mapping_id)
    THEN
        RETURN 'The mapping is gone.';
    ELSIF v_field IS NOT NULL THEN
        PERFORM data.change_mapping(suggestion.mapping_id, jsonb_build_array(jsonb_build_object(
            'canonical_field', v_field, 'vendor_field', suggestion.vendor_field, 'coercion', suggestion.coercion,
            'confidence', suggestion.confidence)));
    ELSIF suggestion.vendor_field IS NOT NULL THEN
        UPDATE data.mappings AS m
        SET key_column = suggestion.vendor_field, updated_at = now()
        WHERE m.tenant_id = suggestion.tenant_id AND m.mapping_id = suggestion.mapping_id;
    ELSE
        PERFORM data.drop_mapping(suggestion.mapping_id);
    END IF;
    RETURN NULL;
EXCEPTION
    WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT422' OR SQLSTATE 'PT502' OR unique_violation OR check_violation THEN
        GET STACKED DIAGNOSTICS
            v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL, v_constraint = CONSTRAINT_NAME;
        RETURN data.failure_sentence(v_message, v_detail, v_constraint);
END;
$$;
COMMENT ON FUNCTION data.apply_repair(data.mapping_suggestions) IS 'Carries out what a suggestion proposes after a drift.';
