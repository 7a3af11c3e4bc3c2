-- Requires: functions/api/docs_entity_tag.sql
-- Requires: functions/api/openapi_build.sql
-- Stores the OpenAPI document, unless it is the one already stored.
CREATE OR REPLACE FUNCTION api.publish_openapi(version text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
AS $$
DECLARE
    v_body CONSTANT text := api.build_openapi(publish_openapi.version)::text;
BEGIN
    INSERT INTO api.documents AS d (name, content_type, body, entity_tag)
    VALUES ('openapi.json', 'application/json', v_body, api.entity_tag(v_body))
    ON CONFLICT (name) DO UPDATE
    SET content_type = excluded.content_type, body = excluded.body,
        entity_tag = excluded.entity_tag, published_at = now()
    WHERE d.entity_tag <> excluded.entity_tag;
END;
$$;
COMMENT ON FUNCTION api.publish_openapi(text) IS 'Stores the OpenAPI document, unless it is the one already stored.';
