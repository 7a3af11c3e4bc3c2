RESET ROLE;
-- It turns every notation into a schema.
SELECT test.equals('shape ' || c.shape, api.shape_schema(c.shape::jsonb), c.schema::jsonb)
FROM (VALUES
    ('"string"',            '{"type": "string"}'),
    ('"string?"',           '{"type": ["string", "null"]}'),
    ('"uuid"',              '{"type": "string", "format": "uuid"}'),
    ('"date-time"',         '{"type": "string", "format": "date-time"}'),
    ('"timestamp?"',        '{"type": ["string", "null"], "format": "date-time"}'),
    ('"any"',               '{}'),
    ('"any?"',              '{}'),
    ('"on|off"',            '{"type": "string", "enum": ["on", "off"]}'),
    ('"on|off?"',           '{"type": ["string", "null"], "enum": ["on", "off", null]}'),
    ('["integer"]',         '{"type": "array", "items": {"type": "integer"}}'),
    ('["integer", null]',   '{"type": ["array", "null"], "items": {"type": "integer"}}'),
    ('[]',                  '{"type": "array"}'),
    ('{}',                  '{"type": "object"}'),
    ('{"a": "number", "b?": "date"}',
        '{"type": "object", "required": ["a"],
          "properties": {"a": {"type": "number"}, "b": {"type": "string", "format": "date"}}}'),
    ('{"?": true, "a": "boolean"}',
        '{"type": ["object", "null"], "required": ["a"], "properties": {"a": {"type": "boolean"}}}'),
    ('{"*": "integer"}',    '{"type": "object", "additionalProperties": {"type": "integer"}}'),
    ('{"rows": [{"n": "integer"}]}',
        '{"type": "object", "required": ["rows"], "properties": {"rows": {"type": "array", "items":
            {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}}}}')
) AS c (shape, schema);
SELECT test.equals('no shape', api.shape_schema(NULL), '{}'::jsonb);

-- It refuses what is no shape.
SELECT test.raises($$SELECT api.shape_schema('"strnig"')$$,               'PT500');
SELECT test.raises($$SELECT api.shape_schema('["string", "integer"]')$$,  'PT500');
SELECT test.raises($$SELECT api.shape_schema('{"a": 1}')$$,               'PT500');
