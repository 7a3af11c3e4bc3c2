-- Requires: functions/api/stream_frame.sql
-- Requires: functions/core/render_frames.sql
-- One page of what a listener has missed: max_count positions, of which those are shown that the subscription and the
-- caller's rights let through.
--
-- Role:    member
-- Takes:   topics: those of the subscription. types, subjects: NULL for all.
-- Returns: a row for each event, by position; is_error where the stream could not show it. The last row, always, is
--          the last position looked at, with neither: a page that shows nothing advances, and one whose last row is
--          after_position has reached the end.
-- Errors:  PT410 history_lost  410  retention has taken what follows after_position
CREATE OR REPLACE FUNCTION api.event_history(
    route_id integer, topics text[], types text[], subjects text[], after_position bigint, max_count integer)
RETURNS TABLE ("position" bigint, frame text, is_error boolean, created_us bigint)
LANGUAGE plpgsql
STABLE PARALLEL UNSAFE SECURITY INVOKER
AS $$
#variable_conflict use_column
DECLARE
    v_max_count_most CONSTANT bigint := 10000;
    v_head core.event_heads;
    v_last bigint;
BEGIN
    SELECT h.* INTO v_head FROM core.event_heads AS h WHERE h.tenant_id = auth.tenant_id();
    IF v_head.trimmed_position > event_history.after_position THEN
        PERFORM api.fail('history_lost', 'The events after this one are no longer kept.', 410);
    END IF;
    -- Positions are dense, so a page is a range of them, whatever of it is shown.
    v_last := greatest(
        event_history.after_position,
        least(COALESCE(v_head.position, 0),
            event_history.after_position + least(greatest(event_history.max_count, 1), v_max_count_most)));
    IF v_last > event_history.after_position THEN
        RETURN QUERY
        SELECT f.position, f.shown, f.error IS NOT NULL, (extract(epoch FROM f.created_at) * 1000000)::bigint
        FROM core.render_frames(api.stream_frame(event_history.route_id), ARRAY(
            SELECT l
            FROM core.event_log AS l
            WHERE l.tenant_id = v_head.tenant_id
              AND l.position > event_history.after_position AND l.position <= v_last
              AND l.topic = ANY (event_history.topics)
              AND (event_history.types IS NULL OR l.type = ANY (event_history.types))
              AND (event_history.subjects IS NULL OR l.subject_id = ANY (event_history.subjects))
            ORDER BY l.position
        )) AS f
        WHERE f.shown IS NOT NULL OR f.error IS NOT NULL
        ORDER BY f.position;
    END IF;
    RETURN QUERY SELECT v_last, NULL::text, false, NULL::bigint;
END;
$$;
COMMENT ON FUNCTION api.event_history(integer, text[], text[], text[], bigint, integer) IS
    'One page of what a listener has missed.';
GRANT EXECUTE ON FUNCTION api.event_history(integer, text[], text[], text[], bigint, integer) TO member;
