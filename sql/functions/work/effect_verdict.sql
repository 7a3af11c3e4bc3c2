-- What an effect's outcome means: done, retry, or failed for good.
--
-- An HTTP answer of 2xx is done; 408, 425, 429 and 5xx are tried again, other statuses are final. An error on the way is
-- tried again, unless the same attempt could only end the same.
--
-- Role:    worker, through api.finish_effect
-- Returns: done, retry, retry_uncounted or failed
CREATE OR REPLACE FUNCTION work.effect_verdict(outcome jsonb)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN outcome #>> '{error,code}' IN ('cancelled', 'overloaded') THEN 'retry_uncounted'
    WHEN outcome #>> '{error,code}' IN (
        'invalid_request', 'address_not_allowed', 'redirect_refused', 'too_large', 'rejected') THEN 'failed'
    WHEN outcome #>> '{error,code}' IS NOT NULL THEN 'retry'
    WHEN NOT outcome ? 'status' OR outcome ->> 'status' ~ '^2[0-9][0-9]$' THEN 'done'
    WHEN outcome ->> 'status' ~ '^(408|425|429|5[0-9][0-9])$' THEN 'retry'
    ELSE 'failed'
END;
COMMENT ON FUNCTION work.effect_verdict(jsonb) IS 'What an effect''s outcome means: done, retry or failed.';
GRANT EXECUTE ON FUNCTION work.effect_verdict(jsonb) TO worker;
