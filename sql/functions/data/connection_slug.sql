-- A connection's name in the form used in addresses.
--
-- Role:    pgserver_owner
-- Returns: such as salesforce-prod, 80 characters at most; empty for a name without a letter or digit
CREATE OR REPLACE FUNCTION data.connection_slug(name text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN btrim(left(btrim(regexp_replace(lower(connection_slug.name), '[^a-z0-9]+', '-', 'g'), '-'), 80), '-');
COMMENT ON FUNCTION data.connection_slug(text) IS 'A connection''s name in the form used in addresses.';
