-- The phrase of an HTTP status (RFC 9110, RFC 6585), or a general one.
CREATE OR REPLACE FUNCTION api.openapi_status_text(status int)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE openapi_status_text.status
    WHEN 101 THEN 'Switching protocols'
    WHEN 200 THEN 'OK'
    WHEN 201 THEN 'Created'
    WHEN 202 THEN 'Accepted'
    WHEN 204 THEN 'No content'
    WHEN 304 THEN 'Not modified'
    WHEN 400 THEN 'Bad request'
    WHEN 401 THEN 'Not signed in'
    WHEN 403 THEN 'Forbidden'
    WHEN 404 THEN 'Not found'
    WHEN 405 THEN 'Method not allowed'
    WHEN 408 THEN 'Request timeout'
    WHEN 409 THEN 'Conflict'
    WHEN 410 THEN 'Gone'
    WHEN 411 THEN 'Length required'
    WHEN 412 THEN 'Precondition failed'
    WHEN 413 THEN 'Content too large'
    WHEN 414 THEN 'URI too long'
    WHEN 415 THEN 'Unsupported media type'
    WHEN 417 THEN 'Expectation failed'
    WHEN 422 THEN 'Unprocessable content'
    WHEN 423 THEN 'Locked'
    WHEN 426 THEN 'Upgrade required'
    WHEN 428 THEN 'Precondition required'
    WHEN 429 THEN 'Too many requests'
    WHEN 431 THEN 'Header fields too large'
    WHEN 500 THEN 'Internal error'
    WHEN 501 THEN 'Not implemented'
    WHEN 502 THEN 'Bad gateway'
    WHEN 503 THEN 'Unavailable'
    WHEN 504 THEN 'Too slow'
    WHEN 505 THEN 'HTTP version not supported'
    ELSE CASE WHEN openapi_status_text.status < 300 THEN 'Success' ELSE 'Error' END
END;
COMMENT ON FUNCTION api.openapi_status_text(int) IS 'The phrase of an HTTP status.';
