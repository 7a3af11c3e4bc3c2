-- Shows events as one stream does. All at once; only if that fails one by one, so that an event which cannot be shown
-- stands in nobody's way but its own.
--
-- Role:    member, worker
-- Takes:   frame: the quoted name of a function (core.event_log) RETURNS json
-- Returns: a row for each event, by serial: the frame, NULL where the stream does not show it, or why it failed
CREATE OR REPLACE FUNCTION core.render_frames(frame text, events core.event_log[])
RETURNS TABLE (serial bigint, "position" bigint, created_at timestamptz, shown text, error text)
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_shown text[];
    v_event core.event_log;
BEGIN
    BEGIN
        EXECUTE format('SELECT array_agg(%s(e)::text ORDER BY e.serial) FROM unnest($1) AS e', render_frames.frame)
        INTO v_shown USING events;
        RETURN QUERY
        SELECT e.serial, e.position, e.created_at, f.shown, NULL::text
        FROM (SELECT u.*, row_number() OVER (ORDER BY u.serial) AS rank FROM unnest(events) AS u) AS e
        JOIN unnest(v_shown) WITH ORDINALITY AS f (shown, rank) ON f.rank = e.rank
        ORDER BY e.serial;
        RETURN;
    EXCEPTION
        WHEN query_canceled THEN
            RAISE;
        WHEN OTHERS THEN
            NULL;  -- the next pass reads it
    END;
    FOREACH v_event IN ARRAY events LOOP
        serial := v_event.serial;
        "position" := v_event.position;
        created_at := v_event.created_at;
        shown := NULL;
        error := NULL;
        BEGIN
            EXECUTE format('SELECT %s($1)::text', render_frames.frame) INTO shown USING v_event;
        EXCEPTION
            WHEN query_canceled THEN
                RAISE;
            WHEN OTHERS THEN
                error := format('%s: %s', SQLSTATE, SQLERRM);
        END;
        RETURN NEXT;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION core.render_frames(text, core.event_log[]) IS 'Shows events as one stream does.';
GRANT EXECUTE ON FUNCTION core.render_frames(text, core.event_log[]) TO member, worker;
