SET LOCAL ROLE anon;
-- Each page admits its own inline script by hash, and no other host at all.
SELECT test.equals(
    'the script that ' || p.name || ' admits',
    substring((p.reply).headers ->> 'Content-Security-Policy' FROM '''sha256-([^'']+)'''),
    encode(sha256(convert_to(substring((p.reply).body FROM '<script>(.*)</script>'), 'UTF8')), 'base64'))
FROM (VALUES ('docs', api.docs_page()), ('redoc', api.redoc_page())) AS p (name, reply);
SELECT test.equals('hosts named by ' || p.name, count(*), 0::bigint)
FROM (VALUES
    ('docs', api.docs_page()),
    ('redoc', api.redoc_page()),
    ('app.js', api.docs_app()),
    ('style.css', api.docs_style())
) AS p (name, reply)
CROSS JOIN LATERAL regexp_matches((p.reply).body, '(?:src|href)="(?:https?:)?//|@import|\murl\(', 'g') AS m (found)
GROUP BY p.name;
-- Each is kept by who has it.
SELECT test.equals('the second status', (p.again).status, 304)
FROM (VALUES
    (api.docs_page((api.docs_page()).headers ->> 'ETag')),
    (api.redoc_page((api.redoc_page()).headers ->> 'ETag')),
    (api.docs_app((api.docs_app()).headers ->> 'ETag')),
    (api.docs_style((api.docs_style()).headers ->> 'ETag'))
) AS p (again);
