-- Makes an API key for the calling user. It can do what its scopes name and the user may still do, nothing else.
--
-- Role:    member
-- Definer: lends a member the writing of keys and sessions, which nobody may write
-- Returns: the key, which is never shown again, and its id
-- Errors:  PT403 forbidden            403  the caller lacks the permission api_keys.create
--          PT400 invalid              400  a scope the caller has not, an expiry that is over
--          23505 api_keys_name_key    409  the user already has a key of this name
--          23514 api_keys_name_check  422  the name is empty or too long
CREATE OR REPLACE FUNCTION auth.create_api_key(
    name text, scopes text[], expires timestamptz DEFAULT 'infinity', OUT api_key_id uuid, OUT key text)
LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_shown_letters CONSTANT integer := 8;
    v_session_id    uuid;
BEGIN
    IF NOT auth.has_permission('api_keys.create') THEN
        PERFORM api.fail('forbidden', 'API keys may be made only with the permission api_keys.create.');
    END IF;
    PERFORM api.invalid(
        CASE WHEN create_api_key.scopes IS NULL OR EXISTS (
                SELECT FROM unnest(create_api_key.scopes) AS s (scope)
                WHERE s.scope IS NULL OR NOT auth.has_permission(s.scope) OR s.scope = 'superuser')
            THEN ('scopes', 'not_yours', 'A key can have no permission that its maker has not.')::api.fault END,
        CASE WHEN create_api_key.expires IS NULL OR create_api_key.expires <= now()
            THEN ('expires', 'over', 'The expiry must lie in the future.')::api.fault END);
    key := auth.random_token('pgs_');
    INSERT INTO auth.sessions (tenant_id, user_id, kind, address, expires_at)
    VALUES (auth.tenant_id(), auth.user_id(), 'api_key', core.request_context('address'), create_api_key.expires)
    RETURNING sessions.session_id INTO STRICT v_session_id;
    INSERT INTO auth.api_keys (tenant_id, session_id, user_id, name, prefix, key_hash, scopes)
    VALUES (
        auth.tenant_id(), v_session_id, auth.user_id(), create_api_key.name,
        left(key, length('pgs_') + v_shown_letters), auth.token_hash(key), create_api_key.scopes)
    RETURNING api_keys.api_key_id INTO STRICT api_key_id;
END;
$$;
COMMENT ON FUNCTION auth.create_api_key(text, text[], timestamptz) IS 'Makes an API key for the calling user.';
GRANT EXECUTE ON FUNCTION auth.create_api_key(text, text[], timestamptz) TO member;
