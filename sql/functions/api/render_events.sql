-- Requires: functions/core/render_frames.sql
-- The frames of events that a relay has read, each made once for all listeners of a stream.
--
-- Role:    pgserver
-- Definer: lends the relays the showing of events that they may not read themselves
-- Takes:   pairs: serials[i] as the stream of route routes[i] shows it
-- Returns: a row for each pair whose event is there and whose route sends events. frame is NULL where the stream does
--          not show the event, or cannot: then error says why. A route that sends no events any more has one row,
--          without a serial
CREATE OR REPLACE FUNCTION api.render_events(serials bigint[], routes integer[])
RETURNS TABLE (serial bigint, route_id integer, frame text, error text)
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
    v_stream record;
BEGIN
    FOR v_stream IN
        SELECT p.route_id, s.frame, array_agg(p.serial) AS serials, min(p.serial) AS first, max(p.serial) AS last
        FROM unnest(render_events.serials, render_events.routes) AS p (serial, route_id)
        LEFT JOIN api.catalog_streams() AS s ON s.route_id = p.route_id
        GROUP BY p.route_id, s.frame
    LOOP
        IF v_stream.frame IS NULL THEN
            RETURN QUERY SELECT NULL::bigint, v_stream.route_id, NULL::text, NULL::text;
            CONTINUE;
        END IF;
        RETURN QUERY
        SELECT f.serial, v_stream.route_id, f.shown, f.error
        FROM core.render_frames(v_stream.frame, ARRAY(
            SELECT l
            FROM core.event_log AS l
            -- A relay asks for what lies together, and a range is one look into each index.
            WHERE l.serial BETWEEN v_stream.first AND v_stream.last AND l.serial = ANY (v_stream.serials)
            ORDER BY l.serial
        )) AS f;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION api.render_events(bigint[], integer[]) IS 'The frames of events that a relay has read.';
GRANT EXECUTE ON FUNCTION api.render_events(bigint[], integer[]) TO pgserver;
