-- What is read from a function: where each parameter comes from, its kind, its bounds, its default.
RESET ROLE;
CREATE TYPE autopack.test_mood AS ENUM ('sad', 'happy');
CREATE DOMAIN autopack.test_word AS varchar(20) CHECK (char_length(VALUE) >= 2) CHECK (VALUE ~ '^[a-z'']+$');
CREATE DOMAIN autopack.test_open AS integer CHECK (VALUE > 0 AND VALUE < 10);
CREATE DOMAIN autopack.test_small AS autopack.test_open CHECK (VALUE <= 5);
CREATE DOMAIN autopack.test_share AS numeric CHECK (VALUE >= 0 AND VALUE <= 1.5);
CREATE DOMAIN autopack.test_below AS numeric CHECK (VALUE < -1);
CREATE DOMAIN autopack.test_choice AS text CHECK (VALUE IN ('a', 'it''s'));
CREATE DOMAIN autopack.test_either AS integer CHECK (VALUE > 5 OR VALUE = 0);
COMMENT ON DOMAIN autopack.test_word IS 'A word.';
CREATE FUNCTION autopack.test_reflected(
    id uuid, word autopack.test_word, open autopack.test_open, small autopack.test_small, share autopack.test_share,
    below autopack.test_below, choice autopack.test_choice, either autopack.test_either, mood autopack.test_mood,
    moods autopack.test_mood[], numbers bigint[], document jsonb, flag boolean, at timestamptz, day date, ratio real,
    key text, state json,
    "limit" core.page_limit DEFAULT 20, note text DEFAULT NULL, name text DEFAULT 'it''s', minus integer DEFAULT -1,
    yes boolean DEFAULT true, share2 numeric DEFAULT 0.5, happy autopack.test_mood DEFAULT 'happy',
    since timestamptz DEFAULT now(), list text[] DEFAULT '{}')
RETURNS json LANGUAGE sql STABLE RETURN '{}'::json;
SELECT api.route('GET /testing/{id}', 'autopack.test_reflected',
    sources => '{"key": "header:Idempotency-Key", "state": "server:state", "document": "query:filter"}');

SELECT test.equals(w.name, to_jsonb(p), w.wanted::jsonb)
FROM (VALUES
    ('id',       '{"type": "uuid", "kind": "uuid", "from": "path:id", "required": true}'),
    ('word',     '{"type": "autopack.test_word", "kind": "text", "from": "query:word", "required": true, "min_length": 2, "max_length": 20, "pattern": "^[a-z'']+$", "about": "A word."}'),
    ('open',     '{"type": "autopack.test_open", "kind": "int4", "from": "query:open", "required": true, "minimum": "1", "maximum": "9"}'),
    ('small',    '{"type": "autopack.test_small", "kind": "int4", "from": "query:small", "required": true, "minimum": "1", "maximum": "5"}'),
    ('share',    '{"type": "autopack.test_share", "kind": "numeric", "from": "query:share", "required": true, "minimum": "0", "maximum": "1.5"}'),
    ('below',    '{"type": "autopack.test_below", "kind": "numeric", "from": "query:below", "required": true}'),
    ('choice',   '{"type": "autopack.test_choice", "kind": "text", "from": "query:choice", "required": true, "values": ["a", "it''s"]}'),
    ('either',   '{"type": "autopack.test_either", "kind": "int4", "from": "query:either", "required": true}'),
    ('mood',     '{"type": "autopack.test_mood", "kind": "enum", "from": "query:mood", "required": true, "values": ["sad", "happy"]}'),
    ('moods',    '{"type": "autopack.test_mood[]", "kind": "array", "element": "enum", "from": "query:moods", "required": true}'),
    ('numbers',  '{"type": "bigint[]", "kind": "array", "element": "int8", "from": "query:numbers", "required": true}'),
    ('document', '{"type": "jsonb", "kind": "json", "from": "query:filter", "required": true}'),
    ('flag',     '{"type": "boolean", "kind": "bool", "from": "query:flag", "required": true}'),
    ('at',       '{"type": "timestamp with time zone", "kind": "timestamptz", "from": "query:at", "required": true}'),
    ('day',      '{"type": "date", "kind": "date", "from": "query:day", "required": true}'),
    ('ratio',    '{"type": "real", "kind": "float", "from": "query:ratio", "required": true}'),
    ('key',      '{"type": "text", "kind": "text", "from": "header:idempotency-key", "required": true}'),
    ('state',    '{"type": "json", "kind": "json", "from": "server:state", "required": true}'),
    ('limit',    '{"type": "core.page_limit", "kind": "int4", "from": "query:limit", "default": "20", "constant": true, "minimum": "1", "maximum": "1000", "about": "Most records of one page, 1 to 1000."}'),
    ('note',     '{"type": "text", "kind": "text", "from": "query:note", "nullable": true, "constant": true}'),
    ('name',     '{"type": "text", "kind": "text", "from": "query:name", "default": "it''s", "constant": true}'),
    ('minus',    '{"type": "integer", "kind": "int4", "from": "query:minus", "default": "-1", "constant": true}'),
    ('yes',      '{"type": "boolean", "kind": "bool", "from": "query:yes", "default": "true", "constant": true}'),
    ('share2',   '{"type": "numeric", "kind": "numeric", "from": "query:share2", "default": "0.5", "constant": true}'),
    ('happy',    '{"type": "autopack.test_mood", "kind": "enum", "from": "query:happy", "default": "happy", "constant": true, "values": ["sad", "happy"]}'),
    ('since',    '{"type": "timestamp with time zone", "kind": "timestamptz", "from": "query:since", "constant": false}'),
    ('list',     '{"type": "text[]", "kind": "array", "element": "text", "from": "query:list", "default": "{}", "constant": true}')
) AS w (name, wanted)
LEFT JOIN LATERAL (
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'type', c.sql_type, 'kind', c.kind, 'element', c.element_kind, 'from', c.source || ':' || c.source_name,
        'required', nullif(c.is_required, false), 'nullable', nullif(c.is_nullable, false), 'default', c.default_text,
        'constant', CASE WHEN c.has_default THEN c.default_is_constant END, 'minimum', c.minimum,
        'maximum', c.maximum, 'min_length', c.min_length, 'max_length', c.max_length, 'pattern', c.pattern,
        'values', c.enum_values,
        'about', CASE WHEN c.sql_type LIKE '%.%' THEN c.description END)) AS p
    FROM api.catalog_parameters() AS c
    JOIN api.routes AS r USING (route_id)
    WHERE r.path = '/testing/{id}' AND c.name = w.name
) AS p ON true;
SELECT test.equals('positions', array_agg(c."position"), ARRAY(SELECT generate_series(1, 27)))
FROM api.catalog_parameters() AS c JOIN api.routes AS r USING (route_id) WHERE r.path = '/testing/{id}';

-- A parameter named body takes the whole body, unless there is none to take.
CREATE FUNCTION autopack.test_body(id uuid, body jsonb) RETURNS json LANGUAGE sql STABLE RETURN body::json;
SELECT api.route('POST /testing/{id}', 'autopack.test_body');
SELECT api.route('DELETE /testing/{id}', 'autopack.test_body');
SELECT test.equals('where body comes from in ' || r.method, c.source, w.source)
FROM (VALUES ('POST', 'whole_body'), ('DELETE', 'query')) AS w (method, source)
JOIN api.routes AS r ON r.method = w.method AND r.path = '/testing/{id}'
JOIN api.catalog_parameters() AS c ON c.route_id = r.route_id AND c.name = 'body';
