-- Whether a name is one that a webhook asks for, as one regular expression over all its patterns. A pattern is an exact
-- name, or has * for words of it: one word within, one or more at the end. Stored with the webhook.
--
-- Role:    pgserver_owner; part of a generated column
CREATE FUNCTION work.event_matcher(events text[])
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT '^(' || string_agg(
        replace(regexp_replace(replace(e.pattern, '.', '\.'), '\*$', '.+'), '*', '[^.]+'), '|' ORDER BY e.place) || ')$'
    FROM unnest(event_matcher.events) WITH ORDINALITY AS e (pattern, place));
COMMENT ON FUNCTION work.event_matcher(text[]) IS 'Patterns of event names as one regular expression.';
