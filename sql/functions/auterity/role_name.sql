-- The role that a user has in the words of Auterity and Autopack, which know users and administrators of the platform.
--
-- Role:    anon, member
CREATE OR REPLACE FUNCTION auterity.role_name(is_superuser boolean)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE WHEN role_name.is_superuser THEN 'admin' ELSE 'user' END;
COMMENT ON FUNCTION auterity.role_name(boolean) IS 'The role of a user in the words of Auterity and Autopack.';
GRANT EXECUTE ON FUNCTION auterity.role_name(boolean) TO anon, member;
