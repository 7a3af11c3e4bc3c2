-- The id of the event at a position, as clients see it and come back with: epoch.position, such as 1.42.
--
-- Role:    member, worker
CREATE OR REPLACE FUNCTION core.event_id("position" bigint)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (SELECT s.epoch || '.' || event_id."position" FROM core.event_sequencer AS s);
END;
$$;
COMMENT ON FUNCTION core.event_id(bigint) IS 'The id of the event at a position, such as 1.42.';
GRANT EXECUTE ON FUNCTION core.event_id(bigint) TO member, worker;
