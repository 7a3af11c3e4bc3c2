-- Requires: functions/api/docs_reply.sql
-- Requires: functions/api/route.sql
-- Serves the OpenAPI document of this server.
--
-- Role:    anon
-- Returns: 200 the document, 304 if the client has it already
-- Errors:  PT503 unavailable  503  nothing has been published yet
CREATE OR REPLACE FUNCTION api.openapi_document(if_none_match text DEFAULT NULL)
RETURNS api.reply LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_document api.documents;
BEGIN
    SELECT d.* INTO v_document FROM api.documents AS d WHERE d.name = 'openapi.json';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'PT503', MESSAGE = 'unavailable', DETAIL = 'The document is not published yet.';
    END IF;
    RETURN api.document_reply(
        v_document.content_type, v_document.body, openapi_document.if_none_match, v_document.entity_tag);
END;
$$;
COMMENT ON FUNCTION api.openapi_document(text) IS 'Serves the OpenAPI document of this server.';
GRANT EXECUTE ON FUNCTION api.openapi_document(text) TO anon, member;
SELECT api.route('GET /openapi.json', 'api.openapi_document', dialect => 'server', auth => 'none',
    sources => '{"if_none_match": "header:If-None-Match"}', envelope => '${body}', returns => '"object"',
    tag => 'Documentation');
