-- Requires: functions/api/problem.sql
-- Declares many problems of one dialect at once, each written as an array: code, status, public code,
-- sentence.
--
-- Role:    pgserver_owner
-- Errors:  23514 problems_status_check  a status is no error
CREATE OR REPLACE FUNCTION api.problems(dialect text, VARIADIC declared text[])
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_text text;
    v_row  text[];
BEGIN
    FOREACH v_text IN ARRAY problems.declared LOOP
        v_row := v_text::text[];
        PERFORM api.problem(problems.dialect, v_row[1], v_row[2]::integer, v_row[3], v_row[4]);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION api.problems(text, text[]) IS 'Declares many problems of one dialect at once.';
