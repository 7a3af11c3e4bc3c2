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
    ('31/12/2025',          '{"date": "DD/MM/YYYY"}',               'date',        '2025-12-31',             NULL),
    ('12/31/2025',          '{"date": "DD/MM/YYYY"}',               'date',        NULL,                     'not_a_date'),
    ('31.12.2025 08:15',    '{"timestamp": "DD.MM.YYYY HH24:MI"}',  'timestamptz', '2025-12-31 08:15:00+00', NULL),
    ('b',                   '{"enum": {"a": "1", "*": "2"}}',       'text',        '2',                      NULL),
    ('Ada King Lovelace',   '{"split": {"separator": " ", "part": -1}}', 'text',   'Lovelace',               NULL),
    ('Ada',                 '{"split": {"separator": " ", "part": 2}}',  'text',   NULL,                     NULL),
    ('yes',                 '"trim"',                               'boolean',     'true',                   NULL),
    ('maybe',               '"trim"',                               'boolean',     NULL,                     'not_a_boolean'),
    ('[1, {"a": 2}]',       '"trim"',                               'json',        '[1, {"a": 2}]',          NULL),
    ('[1,',                 '"trim"',                               'json',        '"[1,"',                  NULL),
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
    ('7',                  NULL),
    ('{"date": "DD/MM/YYYY"}',                                    '[{"date": "DD/MM/YYYY"}]'),
    ('{"date": "DD/MM/YYYY", "x": "y"}',                          NULL),
    ('{"date": 7}',                                               NULL),
    ('{"enum": {"a": "b", "*": "z"}}',                            '[{"enum": {"a": "b", "*": "z"}}]'),
    ('{"enum": {"a": 1}}',                                        NULL),
    ('[{"concat": ["b", "c"], "separator": ", "}, "trim"]',       '[{"concat": ["b", "c"], "separator": ", "}, "trim"]'),
    ('{"concat": ["b"]}',                                         '[{"concat": ["b"]}]'),
    ('["trim", {"concat": ["b"]}]',                               NULL),
    ('{"concat": []}',                                            NULL),
    ('{"concat": [7]}',                                           NULL),
    ('{"split": {"separator": " ", "part": -1}}',                 '[{"split": {"separator": " ", "part": -1}}]'),
    ('{"split": {"separator": " ", "part": 0}}',                  NULL),
    ('{"split": {"separator": "", "part": 1}}',                   NULL),
    ('{"split": {"separator": " ", "part": "1"}}',                NULL),
    ('{"split": {"part": 1}}',                                    NULL)
) AS c (coercion, steps);

-- What is written inline comes to the same as data.coerce(), whatever the value.
RESET ROLE;
CREATE FUNCTION pg_temp.inline(value text, steps jsonb, data_type text) RETURNS text LANGUAGE plpgsql SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
DECLARE
    v_sql    record;
    v_result text;
BEGIN
    SELECT * INTO v_sql FROM data.coercion_sql('r.v', 'text', steps, data_type, true, 'q');
    EXECUTE format(
        'SELECT CASE WHEN f IS NULL THEN COALESCE(v::text, ''-'') ELSE f END FROM (SELECT %s AS v, %s AS f FROM (SELECT r.v, %s AS q FROM (SELECT $1 AS v) AS r OFFSET 0) AS r) AS r',
        CASE WHEN v_sql.fault IS NULL THEN v_sql.value ELSE format('CASE WHEN (%s) IS NULL THEN %s END', v_sql.fault, v_sql.value) END,
        COALESCE(v_sql.fault, 'NULL::text'), COALESCE(v_sql.helper, 'NULL')) INTO v_result USING value;
    RETURN v_result;
END;
$$;
SELECT test.equals(format('%s of %s as %s', s.steps, v.value, t.data_type),
    pg_temp.inline(v.value, s.steps::jsonb, t.data_type),
    COALESCE(c.fault, CASE WHEN c.result IS NULL THEN '-' ELSE c.result END))
FROM unnest(ARRAY[
    NULL, '', ' ', ' x ', 'Ada Lovelace', 'true', 'F', 'Yes', '0', '1', '0.5', '1.0000001', '-3', '+7.10', '1e3', '1,234.5', '12,34', 'NaN', '99999999999999999', '.5',
    '2013-01-31', '2013-02-28', '2012-02-29', '2013-02-29', '2013-04-31', '0000-01-01', '2013-01-01 05:00:00', '2013-01-01T05:00:00Z', '2013-01-01 23:30:00.123456-05:30',
    '2013-01-01T24:00:00Z', '2013-01-01T05:00', '12/31/2013', 'today', E'\u00a0a\tb\u2003', '45%', '$1.50', '{"a": 1}', '[1, 2', '2013-12-31 23:59:60']) AS v (value)
CROSS JOIN (VALUES (NULL), ('["trim"]'), ('["trim", "lowercase"]'), ('[{"x": "y", "*": "1"}]'), ('[{"enum": {"true": "0"}}, "uppercase"]'), ('["number"]'), ('["integer"]'),
    ('["percent"]'), ('["currency"]'), ('["boolean"]'), ('["date"]'), ('["timestamp"]'), ('[{"date": "MM/DD/YYYY"}]'), ('[{"split": {"separator": " ", "part": -1}}]')) AS s (steps)
CROSS JOIN unnest(ARRAY['text', 'numeric', 'fraction', 'boolean', 'date', 'timestamptz', 'json']) AS t (data_type)
CROSS JOIN LATERAL data.coerce(v.value, s.steps::jsonb, t.data_type) AS c;

-- A number of an own kind of record keeps all its digits.
CREATE FUNCTION pg_temp.own(value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_result text;
BEGIN
    EXECUTE format('SELECT (%s)::text FROM (SELECT $1 AS v, NULL::record AS q) AS r', replace((
        SELECT s.value FROM data.coercion_sql('r.v', 'text', NULL, 'numeric', false, 'q') AS s), '(r.q).result', 'NULL'))
    INTO v_result USING value;
    RETURN v_result;
END;
$$;
SELECT test.equals(c.value, pg_temp.own(c.value), c.wanted)
FROM (VALUES ('41.130472222222224', '41.130472222222224'), ('10.357019999999999', '10.357019999999999'), ('-80.5000000', '-80.5'), ('7', '7')) AS c (value, wanted);
