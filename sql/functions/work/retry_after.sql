-- How long the receiver of a request asks to be left alone: its Retry-After, in seconds or as a date (RFC 9110, 10.2.3).
--
-- Role:    worker, through api.finish_effect
-- Returns: NULL if it says nothing, or nothing that can be read
CREATE OR REPLACE FUNCTION work.retry_after(outcome jsonb)
RETURNS interval LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_field CONSTANT text := (
        SELECT h.value FROM jsonb_each_text(
            CASE jsonb_typeof(retry_after.outcome -> 'headers') WHEN 'object' THEN retry_after.outcome -> 'headers' ELSE '{}' END) AS h
        WHERE lower(h.key) = 'retry-after');
BEGIN
    IF v_field ~ '^[0-9]{1,6}$' THEN
        RETURN make_interval(secs => v_field::integer);
    ELSIF v_field ~ '^[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} [0-9]{4} [0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT$' THEN
        RETURN to_timestamp(substr(v_field, 6, 20) || ' +00', 'DD Mon YYYY HH24:MI:SS TZH') - clock_timestamp();
    END IF;
    RETURN NULL;
EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
    RETURN NULL;  -- 31 February
END;
$$;
COMMENT ON FUNCTION work.retry_after(jsonb) IS 'How long the receiver of a request asks to be left alone.';
GRANT EXECUTE ON FUNCTION work.retry_after(jsonb) TO worker;
