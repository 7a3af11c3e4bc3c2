-- What sampled values look like, and what that means for a field.
RESET ROLE;
SET LOCAL ROLE pgserver_owner;
SELECT test.equals(c.sample, (SELECT array_agg(k ORDER BY k) FROM unnest(data.value_kinds(c.sample::jsonb)) AS k), c.kinds::text[])
FROM (VALUES
    ('["a@b.de", "x.y@z.org"]',                       '{email}'),
    ('["+49 30 1234567", "(020) 7946-0018"]',         '{phone}'),
    ('["+49 30 1234567", "ask at reception", ""]',    NULL),
    ('["USD", "EUR", "USD"]',                         '{currency}'),
    ('["JFK", "EWR"]',                                NULL),
    ('["$1,200.50", "€ 7"]',                          '{money}'),
    ('["12", "99.5"]',                                '{hundred,money,number}'),
    ('["0.1", "1", "0"]',                             '{fraction,money,number}'),
    ('["40%", "70 %"]',                               '{percent}'),
    ('["2025-12-31", "2026-01-01"]',                  '{date}'),
    ('["2025-12-31T08:00:00Z"]',                      '{timestamp}'),
    ('["31/12/2025", "01/02/2025"]',                  '{date_dmy}'),
    ('["12/31/2025", "01/02/2025"]',                  '{date_mdy}'),
    ('["01/02/2025"]',                                '{date_slash}'),
    ('["13/13/2025"]',                                '{date_slash}'),
    ('["31.12.2025"]',                                '{date_dots,money}'),
    ('["20251231"]',                                  '{date_digits,money,number}'),
    ('["yes", "No"]',                                 '{boolean}'),
    ('[" Acme", "Globex"]',                           '{padded}'),
    ('["Acme", "Globex"]',                            NULL),
    ('"a@b.de"',                                      '{email}'),
    ('[17, true]',                                    NULL),
    -- Four in five will do.
    ('["a@b.de", "b@b.de", "c@b.de", "d@b.de", "-"]', '{email}')
) AS c (sample, kinds);
SELECT test.equals(s, data.value_kinds(s::jsonb), NULL::text[]) FROM unnest('{"[]","[\"\", \" \"]","null"}'::text[]) AS s;
SELECT test.equals('no sample', data.value_kinds(NULL), NULL::text[]);

-- The type decides what is possible, the values decide how.
SELECT test.equals(
    format('%s %s as %s %s', c.type, c.kinds, c.field, c.data_type), jsonb_build_array(t.fit, t.coercion),
    jsonb_build_array(c.fit, c.coercion::jsonb))
FROM (VALUES
    ('numeric',           NULL,             'amount',      'numeric',     1,      NULL),
    ('text',              '{money}',        'amount',      'numeric',     0.97,   '"currency"'),
    ('text',              '{number,money}', 'amount',      'numeric',     0.97,   '"number"'),
    ('text',              NULL,             'amount',      'numeric',     0.75,   '"currency"'),
    ('text',              '{email}',        'amount',      'numeric',     0,      '"currency"'),
    ('boolean',           NULL,             'amount',      'numeric',     0,      NULL),
    ('integer',           NULL,             'probability', 'fraction',    1,      '"percent"'),
    ('numeric',           '{hundred}',      'probability', 'fraction',    1,      '"percent"'),
    ('numeric',           '{fraction}',     'probability', 'fraction',    1,      NULL),
    ('numeric',           NULL,             'probability', 'fraction',    0.85,   NULL),
    ('date',              NULL,             'close_date',  'date',        1,      NULL),
    ('timestamp with time zone', NULL,      'close_date',  'date',        0.97,   NULL),
    ('text',              '{date_dmy}',     'close_date',  'date',        0.97,   '{"date": "DD/MM/YYYY"}'),
    ('text',              '{date_slash}',   'close_date',  'date',        0.8,    '{"date": "MM/DD/YYYY"}'),
    ('text',              '{timestamp}',    'created_at',  'timestamptz', 0.97,   '"timestamp"'),
    ('integer',           NULL,             'created_at',  'timestamptz', 0,      '"timestamp"'),
    ('character varying', '{email}',        'email',       'text',        1,      '["trim", "lowercase"]'),
    ('text',              '{phone}',        'email',       'text',        0.4,    '["trim", "lowercase"]'),
    ('text',              '{currency}',     'currency',    'text',        1,      NULL),
    ('text',              NULL,             'currency',    'text',        1,      '["trim", "uppercase"]'),
    ('uuid',              NULL,             'owner_id',    'text',        1,      NULL),
    ('integer',           NULL,             'status',      'text',        0.55,   NULL),
    ('text',              '{boolean}',      'is_open',     'boolean',     0.97,   '"boolean"'),
    ('text',              '{number,money}', 'is_open',     'boolean',     0,      '"boolean"'),
    ('text',              '{padded}',       'name',        'text',        1,      '"trim"'),
    ('jsonb',             NULL,             'name',        'text',        0.15,   NULL)
) AS c (type, kinds, field, data_type, fit, coercion)
CROSS JOIN LATERAL data.type_fit(c.type, c.kinds::text[], c.field, c.data_type, 'x') AS t;
-- Whatever is suggested is a coercion that mappings know.
SELECT test.is_true(format('%s %s %s', y.type, k.kind, f.field), data.coercion_steps(t.coercion) IS NOT NULL)
FROM unnest('{text,integer,numeric,boolean,date,timestamptz,jsonb,uuid}'::text[]) AS y (type)
CROSS JOIN unnest('{email,phone,currency,number,money,percent,fraction,hundred,date,date_dmy,date_mdy,date_slash,date_dots,date_digits,timestamp,padded}'::text[]) AS k (kind)
CROSS JOIN data.entity_fields AS f
CROSS JOIN LATERAL data.type_fit(y.type, ARRAY[k.kind], f.field, f.data_type, 'x') AS t
WHERE t.coercion IS NOT NULL;
