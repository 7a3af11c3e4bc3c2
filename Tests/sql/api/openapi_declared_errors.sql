RESET ROLE;
SELECT api.dialect('testing', 'Testing', '{"detail":${message}}');
SELECT api.problem('testing', 'not_found', 404, 'NOT_FOUND');
-- It reads a status, a code, both, and a sentence.
SELECT test.equals('error ' || c.error, (e.status, e.code, e.sentence)::text, (c.status, c.code, c.sentence)::text)
FROM (VALUES
    ('409',                                        409, NULL,           NULL),
    ('409 orders_reference_key',                   409, 'orders_reference_key', NULL),
    ('PT422 order_too_large the order is too big', 422, 'order_too_large', 'the order is too big'),
    ('not_found',                                  404, 'not_found',    NULL),
    ('NOT_FOUND',                                  404, 'NOT_FOUND',    NULL),
    -- A constraint's name says which kind of violation it is, and its comment what happened.
    ('documents_pkey',                             409, 'documents_pkey', 'This document is already published'),
    ('400 documents_entity_tag_check',             400, 'documents_entity_tag_check',
        'An entity tag is 32 hexadecimal digits in quotes')
) AS c (error, status, code, sentence)
CROSS JOIN LATERAL api.openapi_declared_errors('testing', ARRAY[c.error]) AS e;
-- It refuses a code that the dialect gives no status.
SELECT test.raises($$SELECT * FROM api.openapi_declared_errors('testing', '{never_heard_of_it}')$$, 'PT500');
