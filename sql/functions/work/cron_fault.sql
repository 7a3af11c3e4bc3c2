-- Requires: functions/work/parse_cron.sql
-- What is wrong with a cron expression.
--
-- Role:    member, worker
-- Definer: lends the reading of expressions
-- Returns: a sentence that begins with the name of the field; NULL if nothing is wrong
CREATE OR REPLACE FUNCTION work.cron_fault(expression text)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN (SELECT c.fault FROM work.parse_cron(cron_fault.expression) AS c);
END;
$$;
COMMENT ON FUNCTION work.cron_fault(text) IS 'What is wrong with a cron expression; NULL if nothing is.';
GRANT EXECUTE ON FUNCTION work.cron_fault(text) TO member, worker;
