-- Ends the sessions whose claims have become untrue: the member's role was changed, or the user was switched off or
-- lost or gained the platform.
--
-- Role:    nobody; a trigger
-- Definer: lends whoever may change a user or member the ending of that user's sessions
CREATE OR REPLACE FUNCTION auth.end_changed_sessions()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    UPDATE auth.sessions AS s SET revoked_at = now(), reason = 'rights_changed'
    WHERE s.user_id = NEW.user_id AND s.revoked_at IS NULL
      AND (TG_TABLE_NAME = 'users' OR s.tenant_id = (to_jsonb(NEW) ->> 'tenant_id')::uuid);
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION auth.end_changed_sessions() IS 'Ends the sessions whose claims have become untrue.';
CREATE OR REPLACE TRIGGER memberships_changed AFTER UPDATE OF role ON auth.memberships
    FOR EACH ROW WHEN (OLD.role IS DISTINCT FROM NEW.role) EXECUTE FUNCTION auth.end_changed_sessions();
CREATE OR REPLACE TRIGGER users_changed AFTER UPDATE OF is_active, is_superuser ON auth.users
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active OR OLD.is_superuser IS DISTINCT FROM NEW.is_superuser)
    EXECUTE FUNCTION auth.end_changed_sessions();
