-- What the coercion trim takes away at both ends: blanks, tabs, ends of lines, and the wider spaces of Unicode.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.white_space()
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN E' \t\n\r\f\v\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF';
COMMENT ON FUNCTION data.white_space() IS 'What the coercion trim takes away at both ends.';
