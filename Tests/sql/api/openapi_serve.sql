RESET ROLE;
SELECT api.publish_openapi('1.2.3');
SELECT test.equals('the stored version', d.body::json #>> '{info,version}', '1.2.3')
FROM api.documents AS d WHERE d.name = 'openapi.json';

SET LOCAL ROLE anon;
-- Anybody may read it; who has it already is told so.
SELECT test.equals('the status', (r).status, 200), test.equals('the type', (r).content_type, 'application/json'),
       test.equals('the document', ((r).body::json ->> 'openapi'), '3.1.0')
FROM (SELECT api.openapi_document() AS r) AS a;
SELECT test.equals('the status for ' || c.sent, (api.openapi_document(replace(c.sent, 'TAG', t.tag))).status, c.status)
FROM (SELECT d.entity_tag AS tag FROM api.documents AS d WHERE d.name = 'openapi.json') AS t
CROSS JOIN (VALUES
    ('TAG',             304),
    ('W/TAG',           304),
    ('"other", W/TAG ', 304),
    ('*',               304),
    ('"other"',         200)
) AS c (sent, status);
SELECT test.raises($$DELETE FROM api.documents$$, '42501');

RESET ROLE;
-- Without a document there is nothing to serve yet.
DELETE FROM api.documents;
SELECT test.raises($$SELECT api.openapi_document()$$, 'PT503');
