-- A time as the frames of AutonomOS write it: UTC, microseconds, no zone.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.naive_time(at timestamptz)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN to_char(naive_time.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US');
COMMENT ON FUNCTION autonomos.naive_time(timestamptz) IS 'A time as the frames of AutonomOS write it.';
GRANT EXECUTE ON FUNCTION autonomos.naive_time(timestamptz) TO member;
