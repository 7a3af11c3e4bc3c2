-- Requires: functions/core/declaring_file.sql
-- Declares what a contract says for an internal code.
--
-- Role:    pgserver_owner
-- Errors:  23514 problems_status_check  the status is no error
CREATE OR REPLACE FUNCTION api.problem(
    dialect text, code text, status integer, public_code text DEFAULT NULL, message text DEFAULT NULL)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO api.problems (dialect, code, status, public_code, message, declared_in, declared_xid)
    VALUES (
        problem.dialect, problem.code, problem.status, problem.public_code, problem.message,
        core.declaring_file(), pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT problems_pkey DO UPDATE SET
        status = EXCLUDED.status, public_code = EXCLUDED.public_code, message = EXCLUDED.message,
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION api.problem(text, text, integer, text, text) IS 'Declares what a contract says for an internal code.';
