-- The failures the server itself can state, with the status each has where a contract does not say otherwise.
-- Every dialect must map all of them.
--
-- Role:    anon, member, worker, pgserver
-- Returns: one row for each code
CREATE OR REPLACE FUNCTION api.internal_codes(OUT code text, OUT status integer)
RETURNS SETOF record LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
BEGIN ATOMIC
    SELECT c.code, c.status
    FROM (VALUES
        ('malformed_request', 400), ('invalid', 400),
        ('unauthenticated', 401), ('session_ended', 401), ('invalid_credentials', 401),
        ('forbidden', 403), ('not_found', 404), ('method_not_allowed', 405), ('request_timeout', 408),
        ('conflict', 409), ('length_required', 411), ('too_large', 413), ('uri_too_long', 414),
        ('unsupported_media_type', 415), ('expectation_failed', 417), ('upgrade_required', 426),
        ('idempotency_in_flight', 409), ('idempotency_key_reused', 422),
        ('rate_limited', 429), ('header_too_large', 431),
        ('internal', 500), ('not_supported', 501), ('bad_gateway', 502), ('unavailable', 503), ('try_again', 503),
        ('too_slow', 504), ('http_version', 505)
    ) AS c (code, status);
END;
COMMENT ON FUNCTION api.internal_codes() IS 'The failures the server itself can state.';
GRANT EXECUTE ON FUNCTION api.internal_codes() TO anon, member, worker, pgserver;
