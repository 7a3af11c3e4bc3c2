RESET ROLE;
CREATE FUNCTION autopack.test_read() RETURNS json LANGUAGE sql STABLE RETURN '{}'::json;
CREATE FUNCTION autopack.test_write() RETURNS api.reply LANGUAGE sql VOLATILE RETURN NULL::api.reply;
CREATE FUNCTION api.test_text() RETURNS text LANGUAGE sql STABLE RETURN '';
COMMENT ON FUNCTION autopack.test_read() IS 'Reads.';
SELECT api.route('GET /testing/read', 'autopack.test_read');
SELECT api.route('POST /testing/read', 'autopack.test_read', pool => 'slow', timeout => '90 s');
SELECT api.route('POST /testing/write', 'autopack.test_write', dialect => 'etl', tag => 'writing');
SELECT api.route('GET /testing/text', 'api.test_text');
SELECT test.equals(r.method || ' ' || r.path, to_jsonb(r) - '{route_id,kind,permission,rate_class,page_template,items_key,success_template,unknown_fields,max_body_bytes,unavailable_template,success_status,auth}'::text[]
    - 'method' - 'path', w.wanted::jsonb)
FROM (VALUES
    ('GET /testing/read',   '{"call_name": "autopack.test_read", "dialect": "autopack", "pool": "fast", "timeout_ms": 5000, "is_read_only": true, "is_retryable": true, "returns": "json", "content_type": "application/json", "tag": "autopack", "summary": "Reads.", "heeds_keys": false, "chunk_call": null}'),
    ('POST /testing/read',  '{"call_name": "autopack.test_read", "dialect": "autopack", "pool": "slow", "timeout_ms": 90000, "is_read_only": true, "is_retryable": true, "returns": "json", "content_type": "application/json", "tag": "autopack", "summary": "Reads.", "heeds_keys": false, "chunk_call": null}'),
    ('POST /testing/write', '{"call_name": "autopack.test_write", "dialect": "etl", "pool": "fast", "timeout_ms": 5000, "is_read_only": false, "is_retryable": false, "returns": "reply", "content_type": "application/json", "tag": "writing", "summary": null, "heeds_keys": true, "chunk_call": null}'),
    ('GET /testing/text',   '{"call_name": "api.test_text", "dialect": "server", "pool": "fast", "timeout_ms": 5000, "is_read_only": true, "is_retryable": true, "returns": "text", "content_type": "text/plain; charset=utf-8", "tag": "api", "summary": null, "heeds_keys": false, "chunk_call": null}')
) AS w (endpoint, wanted)
LEFT JOIN api.catalog_routes() AS r ON r.method || ' ' || r.path = w.endpoint;

-- An Idempotency-Key is heeded where something is written for somebody, unless the route says otherwise.
SELECT api.route('POST /testing/open', 'autopack.test_write', auth => 'none');
SELECT api.route('PUT /testing/write', 'autopack.test_write');
SELECT api.route('POST /testing/secret', 'autopack.test_write', idempotency => false);
SELECT test.equals('routes that heed keys', array_agg(r.path ORDER BY r.path), '{/testing/write}')
FROM api.catalog_routes() AS r WHERE r.path LIKE '/testing/%' AND r.heeds_keys;

-- Where the body is streamed nothing else is read from it, and no key is heeded.
CREATE FUNCTION autopack.test_upload(name text, upload jsonb DEFAULT NULL) RETURNS json LANGUAGE sql VOLATILE RETURN '{}'::json;
SELECT api.route('POST /testing/upload', 'autopack.test_upload', chunks => 'core.append_file');
SELECT test.equals('a streamed body', jsonb_build_array(r.chunk_call, r.heeds_keys), '["core.append_file", false]')
FROM api.catalog_routes() AS r WHERE r.path = '/testing/upload';
SELECT test.equals('its parameters', string_agg(a.name || ' ' || a.source, ', ' ORDER BY a.position), 'name query, upload server')
FROM api.catalog_parameters() AS a JOIN api.catalog_routes() AS r USING (route_id) WHERE r.path = '/testing/upload';

-- A file that is applied again replaces what it declared in an earlier transaction, and a file that is gone takes it
-- along. Another file's endpoint is a conflict.
SET LOCAL api.declaring_file = 'functions/testing.sql';
SELECT api.route('GET /testing/one', 'autopack.test_read');
SELECT api.route('GET /testing/two', 'autopack.test_read');
SELECT test.equals('routes of the file', count(*), 2::bigint) FROM api.routes WHERE declared_in = 'functions/testing.sql';
UPDATE api.routes SET declared_xid = '3' WHERE declared_in = 'functions/testing.sql';
SELECT api.route('GET /testing/three', 'autopack.test_read');
SELECT test.equals('routes after it was applied again', array_agg(path), '{/testing/three}') FROM api.routes WHERE declared_in = 'functions/testing.sql';
SET LOCAL api.declaring_file = 'functions/other.sql';
SELECT test.raises($$SELECT api.route('GET /testing/three', 'autopack.test_write')$$, '23505', 'routes_method_path_key');
SELECT core.forget_file('functions/testing.sql');
SELECT test.equals('routes after it is gone', count(*), 0::bigint) FROM api.routes WHERE declared_in = 'functions/testing.sql';

-- The server may read the catalog by these functions, and no table.
SET LOCAL ROLE pgserver;
SELECT test.is_true('routes', EXISTS (SELECT FROM api.catalog_routes()));
SELECT test.raises('SELECT * FROM api.routes', '42501');
SELECT test.raises($$SELECT api.route('GET /testing/four', 'autopack.test_read')$$, '42501');
SELECT test.become_member(1);
SELECT test.raises('SELECT api.catalog_routes()', '42501');
