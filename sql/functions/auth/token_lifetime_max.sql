-- The longest life of any access token: how long a retired key is still needed.
--
-- Role:    nobody; part of definer functions
CREATE OR REPLACE FUNCTION auth.token_lifetime_max()
RETURNS interval LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN make_interval(secs => GREATEST(
        core.setting_integer('auth.v1_token_seconds'), core.setting_integer('auth.token_seconds')));
END;
$$;
COMMENT ON FUNCTION auth.token_lifetime_max() IS 'The longest life of any access token.';
