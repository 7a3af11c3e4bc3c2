-- Requires: functions/data/change_mapping.sql
-- Requires: functions/data/create_mapping.sql
-- Requires: functions/data/failure_sentence.sql
-- Requires: functions/data/suggest_mappings.sql
-- Makes one mapping of a bulk mapping. What the request or its source does wrong is an answer; a connection that is busy
-- makes the job wait.
--
-- Role:    pgserver_owner
-- Takes:   request: as data.submit_bulk_mapping describes it
-- Returns: {mapping_id} or what data.suggest_mappings says; else {error: {code, message}}
-- Errors:  PT409 connection_busy  409  to be tried again
CREATE OR REPLACE FUNCTION data.make_bulk_mapping(request jsonb)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_connection_id CONSTANT uuid := (request ->> 'connection_id')::uuid;
    v_mapping_id uuid;
    v_message    text;
    v_detail     text;
    v_constraint text;
BEGIN
    IF jsonb_typeof(request -> 'fields') IS DISTINCT FROM 'array' THEN
        RETURN data.suggest_mappings(v_connection_id, request ->> 'source_relation');
    END IF;
    SELECT m.mapping_id INTO v_mapping_id
    FROM data.mappings AS m
    WHERE m.tenant_id = auth.tenant_id() AND m.connection_id = v_connection_id
        AND m.source_relation = request ->> 'source_relation' AND m.entity = request ->> 'entity'
        AND m.record_type IS NOT DISTINCT FROM request ->> 'record_type';
    IF FOUND THEN
        PERFORM data.change_mapping(v_mapping_id, request -> 'fields');
    ELSE
        v_mapping_id := data.create_mapping(
            v_connection_id, request ->> 'entity', request ->> 'source_relation', request ->> 'key_column',
            request -> 'fields', request ->> 'cursor_column', (request ->> 'keeps_extras')::boolean,
            COALESCE(request ->> 'on_removal', 'keep'), request ->> 'record_type');
    END IF;
    RETURN jsonb_build_object('mapping_id', v_mapping_id);
EXCEPTION
    WHEN SQLSTATE 'PT400' OR SQLSTATE 'PT403' OR SQLSTATE 'PT404' OR SQLSTATE 'PT409' OR SQLSTATE 'PT422'
        OR SQLSTATE 'PT502' OR unique_violation OR check_violation
    THEN
        GET STACKED DIAGNOSTICS
            v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL, v_constraint = CONSTRAINT_NAME;
        IF v_message = 'connection_busy' THEN
            RAISE;
        END IF;
        RETURN jsonb_build_object('error', jsonb_build_object(
            'code', COALESCE(nullif(v_constraint, ''), v_message),
            'message', data.failure_sentence(v_message, v_detail, v_constraint)));
END;
$$;
COMMENT ON FUNCTION data.make_bulk_mapping(jsonb) IS 'Makes one mapping of a bulk mapping.';
