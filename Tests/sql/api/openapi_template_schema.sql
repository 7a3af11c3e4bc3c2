RESET ROLE;
-- It fills slots, and keeps a section only where its slot has a value.
SELECT test.equals('rendering of ' || c.template, api.openapi_render(c.template, c.slots::jsonb), c.text)
FROM (VALUES
    ('{"a":${code}}',                             '{"code": "x\"y"}',          '{"a":"x\"y"}'),
    ('{"a":${status}}',                           '{"status": 404}',           '{"a":404}'),
    ('{"a":${hint}}',                             '{}',                        '{"a":null}'),
    ('{"a":[${faults}]}',                         '{}',                        '{"a":[]}'),
    ('{"a":1[[hint:,"h":${hint}]]}',              '{}',                        '{"a":1}'),
    ('{"a":1[[hint:,"h":${hint}]]}',              '{"hint": "h"}',             '{"a":1,"h":"h"}'),
    ('{"a":1[[hint:,"h":${hint}]]}',              '{"hint": null}',            '{"a":1}'),
    ('{"a":1[[faults:,"f":[${faults}]]]}',        '{"faults": {"field": "b"}}', '{"a":1,"f":[{"field": "b"}]}')
) AS c (template, slots, text);
SELECT test.raises($$SELECT api.openapi_render('{[[hint:"h":1}', '{}')$$, 'PT500');

-- What always appears is required, what a section may omit is not, and a constant is a constant.
SELECT test.equals(
    'an error in an envelope',
    api.openapi_error_schema(jsonb_build_object(
        'error_template',
        '{"success":false,"error":{"code":${code}[[faults:,"errors":[${faults}]]]},"id":${request_id}}',
        'fault_template', '{"name":${field}}')) #- '{properties,id}' #- '{properties,error,properties,code}',
    '{"type": "object", "required": ["error", "id", "success"], "properties": {
        "success": {"type": "boolean", "const": false},
        "error": {"type": "object", "required": ["code"], "properties": {"errors": {"type": "array", "items":
            {"type": "object", "required": ["name"], "properties": {"name":
                {"type": "string", "description": "The member or parameter at fault."}}}}}}}}'::jsonb);

-- What an optional part always holds is required of it where it appears.
SELECT test.equals(
    'the first fault',
    api.openapi_error_schema(jsonb_build_object(
        'error_template', '{"code":${code}[[first_field:,"details":{"field":${first_field}}]]}', 'fault_template', ''))
        #> '{properties,details,required}',
    '["field"]'::jsonb);
