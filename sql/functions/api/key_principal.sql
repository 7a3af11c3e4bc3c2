-- As whom an API key acts, by its SHA-256. The operator's own key, the setting autopack.api_key, acts as the
-- operator of the tenant Autopack and has no session: changing the setting ends it.
--
-- Role:    pgserver
-- Definer: lends the server the look-up of keys, whose hashes nobody may see
-- Returns: the claims, or NULL: no such key, or its session is over
CREATE OR REPLACE FUNCTION api.key_principal(key_hash bytea)
RETURNS json LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_operator_tenant_id CONSTANT uuid := '00000000-0000-4000-8000-00000000000b'::uuid;
    v_operator_user_id   CONSTANT uuid := '00000000-0000-4000-8000-0000000000b1'::uuid;
    v_claims             jsonb;
BEGIN
    SELECT auth.claims_of(k.tenant_id, k.user_id, s.session_id, s.expires_at, auth.token_lifetime_max(), k.scopes)
    INTO v_claims
    FROM auth.api_keys AS k
    JOIN auth.sessions AS s ON s.tenant_id = k.tenant_id AND s.session_id = k.session_id
    JOIN auth.users    AS u ON u.user_id = k.user_id AND u.is_active
    WHERE k.key_hash = key_principal.key_hash AND s.revoked_at IS NULL AND s.expires_at > now();
    IF FOUND THEN
        RETURN v_claims;
    ELSIF key_principal.key_hash = auth.token_hash(nullif(core.setting('autopack.api_key'), '')) THEN
        RETURN auth.claims_of(
            v_operator_tenant_id, v_operator_user_id, NULL, 'infinity', auth.token_lifetime_max()) - 'sid';
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION api.key_principal(bytea) IS 'As whom an API key acts.';
GRANT EXECUTE ON FUNCTION api.key_principal(bytea) TO pgserver;
