-- Runs one statement that reads a source. The one place where a source's own failures are caught: whatever its server
-- answers becomes a code and a sentence. Neither carries the statement, nor a secret, which libpq never repeats.
--
-- Role:    pgserver_owner
-- Returns: rows; or failure_code and failure. The time limit of the request (57014) is not the source's and passes.
CREATE OR REPLACE FUNCTION data.read_source(
    statement text, OUT source_rows jsonb[], OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
AS $$
DECLARE
    v_failure_length_max CONSTANT int := 500;
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
        failure_code := CASE
            WHEN v_detail ~ 'authentication failed|no pg_hba.conf entry|(role|database) ".*" does not exist'
                OR v_state IN ('28P01', '28000', '2F003') THEN 'source_refused'
            WHEN v_state LIKE '08%' OR v_state LIKE '57P%' THEN 'source_unreachable'
            WHEN v_state = '42501' THEN 'source_forbidden'
            WHEN v_state IN ('42P01', '42703', '3F000') THEN 'source_changed'
            ELSE 'source_failed'
        END;
        failure := CASE failure_code
            WHEN 'source_refused' THEN 'The source refused to let us in.'
            WHEN 'source_unreachable' THEN 'The source could not be reached.'
            WHEN 'source_forbidden' THEN 'The source does not let us read this.'
            WHEN 'source_changed' THEN 'The source no longer has a relation or column that is mapped.'
            ELSE 'The source could not be read.'
        END || ' It says: ' || left(concat_ws(' ', v_message, v_detail), v_failure_length_max);
END;
$$;
COMMENT ON FUNCTION data.read_source(text) IS 'Runs one statement that reads a source, and catches what the source does wrong.';
