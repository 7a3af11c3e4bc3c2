-- The strong ETag of a text: half of its SHA-256, quoted.
CREATE OR REPLACE FUNCTION api.entity_tag(body text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN '"' || left(encode(sha256(convert_to(entity_tag.body, 'UTF8')), 'hex'), 32) || '"';
COMMENT ON FUNCTION api.entity_tag(text) IS 'The strong ETag of a text.';
GRANT EXECUTE ON FUNCTION api.entity_tag(text) TO anon, member;
