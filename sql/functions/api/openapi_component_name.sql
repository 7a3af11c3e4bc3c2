-- The prefix of a dialect's components: autonomos becomes Autonomos.
CREATE OR REPLACE FUNCTION api.openapi_component_name(dialect text, suffix text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN replace(initcap(openapi_component_name.dialect), '_', '') || openapi_component_name.suffix;
COMMENT ON FUNCTION api.openapi_component_name(text, text) IS 'Names a component of a dialect.';
