-- A time as every contract writes it: RFC 3339, UTC, microseconds, Z.
--
-- Role:    anyone
CREATE OR REPLACE FUNCTION core.rfc3339(at timestamptz)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN to_char(rfc3339.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
COMMENT ON FUNCTION core.rfc3339(timestamptz) IS 'A time as every contract writes it.';
GRANT EXECUTE ON FUNCTION core.rfc3339(timestamptz) TO anon, member, worker, bi_owner, bi_reader;
