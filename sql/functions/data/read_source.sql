-- Requires: functions/data/source_failure.sql
-- Runs one statement that reads a source and catches what the source does wrong: whatever its server answers becomes a
-- code and a sentence.
--
-- Role:    pgserver_owner
-- Returns: rows; or failure_code and failure. The time limit of the request (57014) is not the source's and passes.
CREATE OR REPLACE FUNCTION data.read_source(
    statement text, OUT source_rows jsonb[], OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
AS $$
DECLARE
    v_state   text;
    v_message text;
    v_detail  text;
BEGIN
    EXECUTE read_source.statement INTO source_rows;
EXCEPTION
    WHEN
        connection_exception OR invalid_authorization_specification OR fdw_error OR sql_routine_exception
        OR external_routine_exception OR data_exception OR cardinality_violation OR feature_not_supported
        OR syntax_error_or_access_rule_violation OR invalid_catalog_name OR invalid_schema_name
        OR invalid_transaction_state OR insufficient_resources OR program_limit_exceeded
        OR object_not_in_prerequisite_state OR admin_shutdown OR crash_shutdown OR cannot_connect_now
        OR database_dropped OR system_error OR raise_exception OR internal_error
    THEN
        GET STACKED DIAGNOSTICS
            v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
        SELECT f.code, f.sentence INTO failure_code, failure FROM data.source_failure(v_state, v_message, v_detail) AS f;
END;
$$;
COMMENT ON FUNCTION data.read_source(text) IS 'Runs one statement that reads a source, and catches what the source does wrong.';
