-- Whether another look at the log may find something before anybody says so: when the last one was taken, other
-- transactions were in progress, or it found more than it could number.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the sequencer's state
CREATE OR REPLACE FUNCTION api.sequencer_pending()
RETURNS boolean LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN (
        SELECT s.is_adopting OR s.target IS NOT NULL OR EXISTS (SELECT pg_snapshot_xip(s.seen))
        FROM core.event_sequencer AS s
    );
END;
$$;
COMMENT ON FUNCTION api.sequencer_pending() IS 'Whether another look at the log may find something.';
GRANT EXECUTE ON FUNCTION api.sequencer_pending() TO pgserver;
