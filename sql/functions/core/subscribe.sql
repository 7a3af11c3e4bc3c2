-- What a stream's function returns: the topics that the caller may see of those asked for, and where delivery begins.
--
-- Role:    member, worker
-- Takes:   topics: NULL or none for all that the caller may see. types, subjects: NULL or none for all.
--          since: an event's id, as epoch.position; NULL or empty for the present end; earliest for all that is kept.
-- Returns: the subscription, without what the first frame says
-- Errors:  PT400 invalid          400  since is no event's id, or a list is too long
--          PT401 unauthenticated  401  nobody is signed in
--          PT403 forbidden        403  the caller may see none of the topics
CREATE OR REPLACE FUNCTION core.subscribe(
    topics text[] DEFAULT NULL, types text[] DEFAULT NULL, subjects text[] DEFAULT NULL, since text DEFAULT NULL)
RETURNS api.subscription LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_list_count_max CONSTANT integer := 100;
    v_asked          CONSTANT text[]  := nullif(subscribe.topics, '{}');
    v_since          CONSTANT text    := nullif(subscribe.since, '');
    v_parts          CONSTANT text[]  := regexp_match(v_since, '^([0-9]{1,9})\.([0-9]{1,18})$');
    v_head           core.event_heads;
    v_subscription   api.subscription;
BEGIN
    PERFORM api.invalid(
        CASE WHEN v_since <> 'earliest' AND v_parts IS NULL
            THEN ('since', 'invalid_value', 'This is no id of an event, such as 1.42.')::api.fault END,
        CASE WHEN cardinality(v_asked) > v_list_count_max
            THEN ('topics', 'too_many', format('At most %s topics.', v_list_count_max))::api.fault END,
        CASE WHEN cardinality(subscribe.types) > v_list_count_max
            THEN ('types', 'too_many', format('At most %s types.', v_list_count_max))::api.fault END,
        CASE WHEN cardinality(subscribe.subjects) > v_list_count_max
            THEN ('subjects', 'too_many', format('At most %s subjects.', v_list_count_max))::api.fault END);
    IF auth.tenant_id() IS NULL THEN
        PERFORM api.fail('unauthenticated', 'Sign in to listen.');
    END IF;

    v_subscription.topics := ARRAY(
        SELECT t.topic
        FROM core.topics AS t
        WHERE (v_asked IS NULL OR t.topic = ANY (v_asked))
          AND (t.permission IS NULL OR auth.has_permission(t.permission))
        ORDER BY t.topic);
    IF v_subscription.topics = '{}' AND v_asked IS NOT NULL THEN
        PERFORM api.fail('forbidden', 'You may listen to none of these topics.');
    END IF;
    v_subscription.types := nullif(subscribe.types, '{}');
    v_subscription.subjects := nullif(subscribe.subjects, '{}');

    SELECT s.epoch INTO STRICT v_subscription.epoch FROM core.event_sequencer AS s;
    SELECT h.* INTO v_head FROM core.event_heads AS h WHERE h.tenant_id = auth.tenant_id();
    v_subscription.head := COALESCE(v_head.position, 0);
    v_subscription.position := v_subscription.head;
    v_subscription.is_lost := false;
    IF v_since = 'earliest' THEN
        v_subscription.position := COALESCE(v_head.trimmed_position, 0);
    ELSIF v_parts IS NOT NULL THEN
        IF v_parts[1]::integer <> v_subscription.epoch OR v_parts[2]::bigint > v_subscription.head THEN
            v_subscription.is_lost := true;
        ELSE
            -- Of what was trimmed the rest still follows.
            v_subscription.is_lost := v_parts[2]::bigint < COALESCE(v_head.trimmed_position, 0);
            v_subscription.position := greatest(v_parts[2]::bigint, COALESCE(v_head.trimmed_position, 0));
        END IF;
    END IF;
    RETURN v_subscription;
END;
$$;
COMMENT ON FUNCTION core.subscribe(text[], text[], text[], text) IS
    'What a stream''s function returns: the topics that the caller may see, and where delivery begins.';
GRANT EXECUTE ON FUNCTION core.subscribe(text[], text[], text[], text) TO member, worker;
