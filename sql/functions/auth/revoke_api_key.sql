-- Ends an API key of the calling tenant: one's own, or anybody's with the permission sessions.manage.
--
-- Role:    member
-- Definer: lends a member the reading of the keys' sessions
-- Returns: whether there was such a key, still alive
CREATE OR REPLACE FUNCTION auth.revoke_api_key(api_key_id uuid)
RETURNS boolean LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_session_id uuid;
BEGIN
    SELECT k.session_id INTO v_session_id
    FROM auth.api_keys AS k
    WHERE k.tenant_id = auth.tenant_id() AND k.api_key_id = revoke_api_key.api_key_id;
    RETURN auth.revoke_session(v_session_id, 'key_revoked');
END;
$$;
COMMENT ON FUNCTION auth.revoke_api_key(uuid) IS 'Ends an API key of the calling tenant.';
GRANT EXECUTE ON FUNCTION auth.revoke_api_key(uuid) TO member;
