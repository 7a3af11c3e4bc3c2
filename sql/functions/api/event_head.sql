-- The end of the log: where a relay begins.
--
-- Role:    pgserver
-- Definer: lends the relays the reading of the sequencer's state
CREATE OR REPLACE FUNCTION api.event_head(OUT serial bigint, OUT epoch integer)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
BEGIN
    SELECT s.serial, s.epoch INTO STRICT event_head.serial, event_head.epoch FROM core.event_sequencer AS s;
END;
$$;
COMMENT ON FUNCTION api.event_head() IS 'The end of the log: where a relay begins.';
GRANT EXECUTE ON FUNCTION api.event_head() TO pgserver;
