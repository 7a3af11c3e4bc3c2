RESET ROLE;
SELECT api.dialect('testing', 'Testing',
    error_template   => '{"code":${code},"message":${message}}',
    success_template => '{"data":${body},"meta":{"id":${request_id}}}',
    page_template    => '{${items_key}:${items},"total":${total}}',
    unknown_fields   => 'refuse');
SELECT api.problem('testing', c.code, c.status) FROM api.internal_codes() AS c;
SELECT core.declare_rate_policy('testing', 'write', 'tenant_id', 'bucket', 30, 60, 50);

CREATE DOMAIN api.testing_size AS integer CHECK (VALUE >= 1 AND VALUE <= 100);
COMMENT ON DOMAIN api.testing_size IS 'How many.';
CREATE FUNCTION api.testing_list(thing_id uuid, size api.testing_size DEFAULT 20)
RETURNS api.page LANGUAGE sql STABLE AS $$SELECT '[]'::json, 0::bigint, 0$$;
COMMENT ON FUNCTION api.testing_list(uuid, api.testing_size) IS 'Lists parts of a thing. The newest comes first.';
CREATE FUNCTION api.testing_change(id uuid, name text, note text DEFAULT NULL)
RETURNS jsonb LANGUAGE sql VOLATILE AS $$SELECT '{}'::jsonb$$;
COMMENT ON FUNCTION api.testing_change(uuid, text, text) IS 'Changes the parts.';

SELECT api.route('GET /testing/{thing_id}/parts', 'api.testing_list', dialect => 'testing', items_key => 'parts',
    returns => '{"part_id": "uuid"}');
SELECT api.route('PUT /testing/{id}/parts', 'api.testing_change', dialect => 'testing', rate => 'write', status => 202,
    auth => 'required', returns => '{"ok": "boolean"}', errors => '{"409 part_taken somebody has it"}');

CREATE TEMPORARY TABLE described AS SELECT api.build_openapi('7.8.9')::jsonb AS doc;

SELECT test.equals('the version', d.doc #>> '{info,version}', '7.8.9') FROM described AS d;
SELECT test.equals('the same catalog, the same bytes',
    api.build_openapi('7.8.9')::text = api.build_openapi('7.8.9')::text, true);

-- Two methods of one path share its parameters' names, since OpenAPI knows but one path.
SELECT test.equals('paths of the test', array_agg(p.path), ARRAY['/testing/{thing_id}/parts'])
FROM described AS d CROSS JOIN LATERAL jsonb_object_keys(d.doc -> 'paths') AS p (path)
WHERE p.path LIKE '/testing/%';
SELECT test.equals(
    'the name in ' || m.method,
    d.doc #>> ARRAY['paths', '/testing/{thing_id}/parts', m.method, 'parameters', '0', 'name'],
    'thing_id')
FROM described AS d CROSS JOIN (VALUES ('get'), ('put')) AS m (method);

-- The first sentence of the comment is the summary.
SELECT test.equals('the summary', o.get ->> 'summary', 'Lists parts of a thing'),
       test.equals('the description', o.get ->> 'description', 'Lists parts of a thing. The newest comes first.'),
       test.equals('the operation', o.get ->> 'operationId', 'api_testing_list'),
       test.equals('the domain', o.get #> '{parameters,1}',
           '{"in": "query", "name": "size", "description": "How many.", "schema":
             {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "default": 20}}'::jsonb),
       test.equals('the page', o.get #> '{responses,200,content,application/json,schema}',
           '{"type": "object", "required": ["parts", "total"], "properties": {
               "total": {"type": "integer", "minimum": 0, "description": "How many there are in all."},
               "parts": {"type": "array", "items": {"type": "object", "required": ["part_id"], "properties":
                   {"part_id": {"type": "string", "format": "uuid"}}}}}}'::jsonb)
FROM (SELECT d.doc #> ARRAY['paths', '/testing/{thing_id}/parts', 'get'] AS get FROM described AS d) AS o;

-- The body is exact: what is required, what may be null, and nothing else.
SELECT test.equals('the body', o.put #> '{requestBody,content,application/json,schema}',
           '{"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
               "name": {"type": "string", "pattern": "^[^\\u0000]*$"},
               "note": {"type": ["string", "null"], "pattern": "^[^\\u0000]*$"}}}'::jsonb),
       test.equals('the envelope', o.put #> '{responses,202,content,application/json,schema,properties,data}',
           '{"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}'::jsonb),
       test.equals(
           'the answers',
           (SELECT array_agg(k.status ORDER BY k.status COLLATE "C")
            FROM jsonb_object_keys(o.put -> 'responses') AS k (status)),
           ARRAY['202', '400', '401', '404', '409', '413', '415', '429', '500', '503', '504', 'default']),
       test.equals('the declared error', o.put #>> '{responses,409,description}',
           'Conflict: part_taken: somebody has it.'),
       test.equals('the limit', o.put #> '{x-rate-limits}',
           '[{"per": "tenant_id", "limit": 30, "seconds": 60, "burst": 50}]'::jsonb)
FROM (SELECT d.doc #> ARRAY['paths', '/testing/{thing_id}/parts', 'put'] AS put FROM described AS d) AS o;

-- A declaration that cannot be described is refused by name.
SELECT api.route('GET /testing/wrong', 'api.testing_list', dialect => 'testing', returns => '"nonsense"');
DO $$
DECLARE
    v_detail text;
BEGIN
    PERFORM api.build_openapi();
    RAISE EXCEPTION 'the shape was accepted';
EXCEPTION WHEN SQLSTATE 'PT500' THEN
    GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
    PERFORM test.equals('the detail', v_detail, 'GET /testing/wrong: ''nonsense'' is not a shape.');
END;
$$;

-- Every reference leads somewhere, and no two operations share an id.
SELECT test.equals('references to nothing', count(*), 0::bigint)
FROM described AS d
CROSS JOIN LATERAL regexp_matches(d.doc::text, '"\$ref": "#/components/([a-z]+)/([^"]+)"', 'g') AS r (part)
WHERE d.doc #> ARRAY['components', r.part[1], r.part[2]] IS NULL;
SELECT test.equals('operations that share an id', count(*) - count(DISTINCT i.id), 0::bigint)
FROM described AS d
CROSS JOIN LATERAL jsonb_path_query(d.doc, '$.paths.*.*.operationId') AS i (id);
