RESET ROLE;
-- It states the bounds of the type where the domain states none, and the narrower of both.
SELECT test.equals(
    'parameter ' || c.parameter,
    api.openapi_parameter_schema(c.parameter::jsonb) - 'format',
    c.schema::jsonb)
FROM (VALUES
    ('{"kind": "int2", "source": "query"}', '{"type": "integer", "minimum": -32768, "maximum": 32767}'),
    ('{"kind": "int4", "source": "query", "minimum": "1", "maximum": "99999999999", "default_text": "20",
       "default_is_constant": true}',
        '{"type": "integer", "minimum": 1, "maximum": 2147483647, "default": 20}'),
    ('{"kind": "int8", "source": "query"}',
        '{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807}'),
    ('{"kind": "numeric", "source": "body", "minimum": "0.5", "is_nullable": true}',
        '{"type": ["number", "null"], "minimum": 0.5}'),
    ('{"kind": "bool", "source": "query", "default_text": "false", "default_is_constant": true}',
        '{"type": "boolean", "default": false}'),
    ('{"kind": "uuid", "source": "path"}', '{"type": "string"}'),
    ('{"kind": "enum", "source": "body", "enum_values": ["a", "b"], "is_nullable": true}',
        '{"type": ["string", "null"], "enum": ["a", "b", null]}'),
    ('{"kind": "array", "element_kind": "bool", "source": "query", "max_length": 3}',
        '{"type": "array", "items": {"type": "boolean"}, "maxItems": 3}'),
    ('{"kind": "array", "element_kind": "bool", "source": "body"}',
        '{"type": "array", "items": {"type": ["boolean", "null"]}}'),
    ('{"kind": "other", "source": "body"}', '{"type": ["string", "number", "boolean"]}'),
    ('{"kind": "json", "source": "body", "is_nullable": true}', '{}'),
    -- A parameter may be null in a body only, whatever the function would take.
    ('{"kind": "date", "source": "query", "is_nullable": true}', '{"type": "string"}'),
    -- A default that only PostgreSQL can work out is not stated.
    ('{"kind": "date", "source": "query", "default_text": "now()", "default_is_constant": false}', '{"type": "string"}')
) AS c (parameter, schema);

-- Text never holds U+0000, and a path's segment is never empty.
SELECT test.equals(
    'parameter ' || c.parameter, api.openapi_parameter_schema(c.parameter::jsonb), c.schema::jsonb)
FROM (VALUES
    ('{"kind": "text", "source": "query", "max_length": 9}',
        '{"type": "string", "maxLength": 9, "pattern": "^[^\\u0000]*$"}'),
    ('{"kind": "text", "source": "path"}', '{"type": "string", "minLength": 1, "pattern": "^[^\\u0000]*$"}'),
    -- A pattern that cannot match U+0000 says so already; one that might needs the second one beside it.
    ('{"kind": "text", "source": "query", "pattern": "^[a-z]+$"}', '{"type": "string", "pattern": "^[a-z]+$"}'),
    ('{"kind": "text", "source": "query", "pattern": "@"}',
        '{"type": "string", "pattern": "@", "allOf": [{"pattern": "^[^\\u0000]*$"}]}'),
    -- What ECMA-262 cannot say is left to PostgreSQL.
    ('{"kind": "text", "source": "query", "pattern": "^[[:alpha:]]+$"}',
        '{"type": "string", "pattern": "^[^\\u0000]*$"}')
) AS c (parameter, schema);
