-- Requires: functions/api/docs_entity_tag.sql
-- Answers with a text that changes only when it is published anew: 304 if the client's copy is still good, else the
-- text. Clients may keep it, and ask each time.
CREATE OR REPLACE FUNCTION api.document_reply(
    content_type  text,
    body          text,
    if_none_match text,
    entity_tag    text,
    headers       json DEFAULT '{}'
)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_reply api.reply;
BEGIN
    v_reply.headers := headers::jsonb || jsonb_build_object(
        'ETag', entity_tag, 'Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff');
    -- RFC 9110 §13.1.2: the comparison is weak, and * is any copy.
    IF btrim(if_none_match) = '*' OR entity_tag = ANY (
        SELECT regexp_replace(t, '^\s*(W/)?|\s*$', '', 'g') FROM regexp_split_to_table(if_none_match, ',') AS t) THEN
        v_reply.status := 304;
    ELSE
        v_reply.status := 200;
        v_reply.content_type := content_type;
        v_reply.body := body;
    END IF;
    RETURN v_reply;
END;
$$;
COMMENT ON FUNCTION api.document_reply(text, text, text, text, json) IS
    'Answers with a text, or with 304 if the client has it already.';
GRANT EXECUTE ON FUNCTION api.document_reply(text, text, text, text, json) TO anon, member;
