-- A value of a source becomes one of a canonical field, or a fault; it never raises.
RESET ROLE;
SET LOCAL ROLE pgserver_owner;

SELECT test.equals(format('%s %s as %s', c.value, c.coercion, c.data_type),
    jsonb_build_array(r.result, r.fault), jsonb_build_array(c.result, c.fault))
FROM (VALUES
    (NULL,                  '"trim"',                               'text',        NULL,                     NULL),
    ('  Acme ',             '"trim"',                               'text',        'Acme',                   NULL),
    (E' \t ',               '"trim"',                               'text',        NULL,                     NULL),
    ('ÉCOLE',               '"lowercase"',                          'text',        'école',                  NULL),
    ('eur',                 '"uppercase"',                          'text',        'EUR',                    NULL),
    (' WON ',               '["trim", {"WON": "Closed Won"}]',      'text',        'Closed Won',             NULL),
    ('Lost',                '{"WON": "Closed Won"}',                'text',        'Lost',                   NULL),
    ('Lost',                '{"WON": "Closed Won", "*": "Open"}',   'text',        'Open',                   NULL),
    ('1,234.5',             '"number"',                             'numeric',     '1234.5',                 NULL),
    ('12,34',               '"number"',                             'numeric',     NULL,                     'not_a_number'),
    ('12.0',                '"integer"',                            'text',        '12',                     NULL),
    ('12.5',                '"integer"',                            'text',        NULL,                     'not_an_integer'),
    ('$1,234.50',           '"currency"',                           'numeric',     '1234.5',                 NULL),
    ('1.234,50 EUR',        '"currency"',                           'numeric',     '1234.5',                 NULL),
    ('CHF 1''234.50',       '"currency"',                           'numeric',     '1234.5',                 NULL),
    ('12,5',                '"currency"',                           'numeric',     '12.5',                   NULL),
    ('1,250',               '"currency"',                           'numeric',     '1250.0',                 NULL),
    ('1.250.000',           '"currency"',                           'numeric',     '1250000.0',              NULL),
    ('($1,000.00)',         '"currency"',                           'numeric',     '-1000.0',                NULL),
    ('-$5',                 '"currency"',                           'numeric',     '-5.0',                   NULL),
    ('TBD',                 '"currency"',                           'numeric',     NULL,                     'not_a_number'),
    ('about 5k',            '"currency"',                           'numeric',     NULL,                     'not_a_number'),
    ('45%',                 '"percent"',                            'fraction',    '0.45',                   NULL),
    ('75 %',                '"percent"',                            'fraction',    '0.75',                   NULL),
    ('100%',                '"percent"',                            'fraction',    '1.0',                    NULL),
    ('101%',                '"percent"',                            'fraction',    NULL,                     'out_of_range'),
    ('12/31/2025',          '"date"',                               'date',        '2025-12-31',             NULL),
    ('infinity',            '"timestamp"',                          'timestamptz', NULL,                     'not_a_date'),
    ('2025-11-15 08:00',    '"timestamp"',                          'timestamptz', '2025-11-15 08:00:00+00', NULL),
    ('Yes',                 '"boolean"',                            'text',        'true',                   NULL),
    ('perhaps',             '"boolean"',                            'text',        NULL,                     'not_a_boolean'),
    ('x',                   '"no such thing"',                      'text',        NULL,                     'unknown_coercion')
) AS c (value, coercion, data_type, result, fault)
CROSS JOIN LATERAL data.coerce(
    c.value,
    CASE jsonb_typeof(c.coercion::jsonb) WHEN 'array' THEN c.coercion::jsonb ELSE jsonb_build_array(c.coercion::jsonb) END,
    c.data_type
) AS r;

SELECT test.equals(format('%s as %s', c.value, c.data_type),
    jsonb_build_array(r.result, r.fault), jsonb_build_array(c.result, c.fault))
FROM (VALUES
    ('plain',                  'text',        'plain',                  NULL),
    ('',                       'text',        NULL,                     NULL),
    ('50000',                  'numeric',     '50000.0',                NULL),
    ('50000.00',               'numeric',     '50000.0',                NULL),
    ('0.12345678',             'numeric',     '0.123457',               NULL),
    ('-1e3',                   'numeric',     '-1000.0',                NULL),
    ('1,234.5',                'numeric',     NULL,                     'not_a_number'),
    ('NaN',                    'numeric',     NULL,                     'not_a_number'),
    ('999999999999999',        'numeric',     '999999999999999.0',      NULL),
    ('1000000000000000',       'numeric',     NULL,                     'out_of_range'),
    ('-0.1',                   'fraction',    NULL,                     'out_of_range'),
    ('2025-12-31',             'date',        '2025-12-31',             NULL),
    ('2025-02-30',             'date',        NULL,                     'not_a_date'),
    ('today',                  'date',        NULL,                     'not_a_date'),
    ('2025-11-15T09:00:00+01', 'timestamptz', '2025-11-15 08:00:00+00', NULL)
) AS c (value, data_type, result, fault)
CROSS JOIN LATERAL data.coerce(c.value, NULL, c.data_type) AS r;

-- A coercion is a name, a map, or a list of both; anything else is none.
SELECT test.equals(c.coercion, data.coercion_steps(c.coercion::jsonb), c.steps::jsonb)
FROM (VALUES
    ('"trim"',             '["trim"]'),
    ('{"a": "b"}',         '[{"a": "b"}]'),
    ('["trim", "number"]', '["trim", "number"]'),
    ('"explode"',          NULL),
    ('{"a": 1}',           NULL),
    ('[]',                 NULL),
    ('7',                  NULL)
) AS c (coercion, steps);
