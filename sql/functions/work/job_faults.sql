-- What is wrong with the values of a job to be written.
--
-- Role:    pgserver_owner, through work.enqueue
-- Returns: a fault for each value out of its range; NULL if there is none
CREATE OR REPLACE FUNCTION work.job_faults(
    queue text, priority integer, unique_key text, max_attempts integer, timeout_ms bigint, arguments jsonb)
RETURNS api.fault[] LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    SELECT array_agg(ROW (c.field, 'invalid_value', c.message)::api.fault)
    FROM (VALUES
        ('queue', job_faults.queue !~ '^[a-z][a-z0-9_]{0,39}$', 'A queue is 1 to 40 lower-case letters, digits and underscores.'),
        ('priority', job_faults.priority NOT BETWEEN -100 AND 100, 'A priority is -100 to 100.'),
        ('unique_key', char_length(job_faults.unique_key) NOT BETWEEN 1 AND 500, 'A unique key has 1 to 500 characters.'),
        ('max_attempts', job_faults.max_attempts NOT BETWEEN 1 AND 100, 'A job is tried 1 to 100 times.'),
        ('timeout', job_faults.timeout_ms NOT BETWEEN 10 AND 86400000, 'A timeout is 10 milliseconds to a day.'),
        ('arguments', jsonb_typeof(job_faults.arguments) <> 'object' OR pg_column_size(job_faults.arguments) > 1048576,
            'Arguments are a JSON object of at most a mebibyte.')
    ) AS c (field, is_wrong, message)
    WHERE c.is_wrong;
END;
COMMENT ON FUNCTION work.job_faults(text, integer, text, integer, bigint, jsonb) IS
    'What is wrong with the values of a job to be written.';
