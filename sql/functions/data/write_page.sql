-- Requires: functions/data/source_failure.sql
-- Runs the statement of data.mapping_statement(), and undoes it if something goes wrong: with the source, which becomes a
-- code and a sentence, or with a row that its table does not take.
--
-- Role:    pgserver_owner
-- Returns: counts, as the statement tells them; or failure_code and failure. row_refused: a row broke a rule of its
--          table, of which failure is the code. key_repeated: a key is there already, or more than once.
CREATE OR REPLACE FUNCTION data.write_page(
    statement text, sync_run_id uuid, tenant_id uuid, OUT counts jsonb, OUT failure_code text, OUT failure text)
RETURNS record LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET work_mem = '64MB' SET jit = off
-- What a page costs must not grow with the table, though the planner may take it for a small one. Joins of the triggers
-- that follow are left alone.
SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    v_page       record;
    v_state      text;
    v_message    text;
    v_detail     text;
    v_constraint text;
    v_context    text;
BEGIN
    EXECUTE write_page.statement INTO STRICT v_page USING write_page.sync_run_id, write_page.tenant_id;
    IF v_page.rows_repeated > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = 'key_repeated';
    END IF;
    counts := to_jsonb(v_page);
EXCEPTION
    WHEN
        connection_exception OR invalid_authorization_specification OR fdw_error OR sql_routine_exception
        OR external_routine_exception OR data_exception OR cardinality_violation OR feature_not_supported
        OR syntax_error_or_access_rule_violation OR invalid_catalog_name OR invalid_schema_name
        OR invalid_transaction_state OR insufficient_resources OR program_limit_exceeded
        OR object_not_in_prerequisite_state OR admin_shutdown OR crash_shutdown OR cannot_connect_now
        OR database_dropped OR system_error OR raise_exception OR internal_error OR integrity_constraint_violation
    THEN
        GET STACKED DIAGNOSTICS
            v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL,
            v_constraint = CONSTRAINT_NAME, v_context = PG_EXCEPTION_CONTEXT;
        IF v_state IN ('23505', '21000') AND v_context !~ 'remote SQL command' THEN
            failure_code := 'key_repeated';
            failure := COALESCE(nullif(v_constraint, ''), 'duplicate_key');
        ELSIF v_state ~ '^(22|23|54)' AND v_context !~ 'remote SQL command' THEN
            failure_code := 'row_refused';
            failure := COALESCE(nullif(v_constraint, ''), lower(v_state));
        ELSIF v_state LIKE '42%' AND v_context !~ 'remote SQL command' THEN
            RAISE;  -- not the source's fault
        ELSE
            SELECT f.code, f.sentence INTO failure_code, failure
            FROM data.source_failure(v_state, v_message, v_detail) AS f;
        END IF;
END;
$$;
COMMENT ON FUNCTION data.write_page(text, uuid, uuid) IS 'Runs the statement that turns one page of a source into records.';
