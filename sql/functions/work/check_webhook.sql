-- Refuses a webhook that is none, and names every fault. NULL is not looked at. Whether the address is one that the
-- server may reach is checked at each delivery, since a name can come to mean another address.
--
-- Role:    pgserver_owner, for functions that act for a member
-- Errors:  PT400 invalid  400  the URL, an event or the secret is malformed
CREATE OR REPLACE FUNCTION work.check_webhook(url text, events text[], secret text)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_event_count_max CONSTANT integer := 50;
    v_name_length_max CONSTANT integer := 100;
    v_url_length_max  CONSTANT integer := 2048;
    v_is_http_allowed CONSTANT boolean := core.setting('work.webhooks_http')::boolean;
    v_faults          api.fault[];
BEGIN
    SELECT array_agg((f.field, f.code, f.message)::api.fault)
    INTO v_faults
    FROM (
        SELECT 'url' AS field, 'malformed' AS code,
            CASE WHEN v_is_http_allowed
                THEN 'must be an http or https URL without credentials and fragment'
                ELSE 'must be an https URL without credentials and fragment' END AS message
        WHERE check_webhook.url !~* CASE WHEN v_is_http_allowed THEN '^https?://' ELSE '^https://' END
            OR check_webhook.url !~* '^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?([/?][!-~]*)?$'
            OR check_webhook.url ~ '[#"<>\\^`{|}]'
        UNION ALL
        SELECT 'url', 'too_long', format('must have at most %s characters', v_url_length_max)
        WHERE char_length(check_webhook.url) > v_url_length_max
        UNION ALL
        SELECT 'events', 'bad_length', format('must be 1 to %s names or patterns', v_event_count_max)
        WHERE check_webhook.events IS NOT NULL
            AND cardinality(check_webhook.events) NOT BETWEEN 1 AND v_event_count_max
        UNION ALL
        SELECT 'events', 'malformed', format(
            '%s is no name of an event: write words in lower case with dots between them, or * for any',
            to_json(left(e.name, v_name_length_max)))
        FROM unnest(check_webhook.events) AS e (name)
        WHERE e.name IS NULL OR char_length(e.name) > v_name_length_max
            OR e.name !~ '^(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_]*))*$'
        UNION ALL
        SELECT 'secret', 'bad_length', 'must have 8 to 256 characters'
        WHERE char_length(check_webhook.secret) NOT BETWEEN 8 AND 256
    ) AS f;
    PERFORM api.invalid(VARIADIC COALESCE(v_faults, '{}'));
END;
$$;
COMMENT ON FUNCTION work.check_webhook(text, text[], text) IS 'Refuses a webhook that is none.';
