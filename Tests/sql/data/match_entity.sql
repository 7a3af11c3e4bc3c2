-- What a relation holds: by its name, or by columns that few other things have.
RESET ROLE;
SET LOCAL ROLE pgserver_owner;
SELECT test.equals(c.relation, jsonb_build_array(m.entity, round(m.score, 2)), jsonb_build_array(c.entity, round(c.score, 2)))
FROM (VALUES
    ('accounts',              '{}',                                   'account',     1),
    ('Account',               '{}',                                   'account',     1),
    ('stg_crm_companies',     '{}',                                   'account',     1),
    ('customers_2024',        '{}',                                   'account',     1),
    ('Deals export',          '{}',                                   'opportunity', 1),
    ('people',                '{}',                                   'contact',     1),
    ('key_accounts',          '{}',                                   'account',     0.75),
    ('invoices',              '{name,industry,email,stage,amount}',   NULL,          0),
    ('OpportunityLineItem',   '{name,stage,amount}',                  NULL,          0),
    ('OpportunityHistory',    '{stage,probability,amount,closedate}', NULL,          0),
    ('leads',                 '{first_name,last_name,email}',         NULL,          0),
    ('x17',                   '{first_name,surname,e_mail}',          'contact',     0.7),
    ('x17',                   '{stage,likelihood,amount}',            'opportunity', 0.53),
    ('x17',                   '{carrier,flight,origin,dest}',         NULL,          0),
    ('',                      '{}',                                   NULL,          0)
) AS c (relation, names, entity, score)
CROSS JOIN LATERAL data.match_entity(
    c.relation, (SELECT COALESCE(jsonb_agg(jsonb_build_object('column', n, 'type', 'text')), '[]') FROM unnest(c.names::text[]) AS n)) AS m;

-- A column fills one field and a field has one column, the surest.
SELECT test.equals('the pairs', jsonb_object_agg(m.canonical_field, m.vendor_field), '{
    "email": "email", "phone": "telephone", "first_name": "fname", "title": "position", "updated_at": "LastModifiedDate"}')
FROM data.match_fields('contact', 'people', 1, '[
    {"column": "id", "type": "integer"}, {"column": "email", "type": "text"}, {"column": "email2", "type": "text"},
    {"column": "telephone", "type": "text"}, {"column": "fname", "type": "text"}, {"column": "position", "type": "text"},
    {"column": "LastModifiedDate", "type": "timestamp with time zone"}, {"column": "CreatedById", "type": "text"}]') AS m
WHERE m.confidence >= 0.5;

-- Values speak where the name does not, and against it where they contradict.
SELECT test.equals('by values', jsonb_object_agg(m.canonical_field, m.vendor_field), '{"email": "reach"}')
FROM data.match_fields('contact', 'people', 1, '[
    {"column": "reach", "type": "text", "sample": ["a@b.de", "c@d.org"]},
    {"column": "email", "type": "text", "sample": ["yes", "no"]}]') AS m
WHERE m.confidence >= 0.3;

-- A thousand columns are no burden, and an odd one no error.
SELECT test.is_true('many columns', count(*) < 20)
FROM data.match_fields('account', 'accounts', 1, (
    SELECT jsonb_agg(jsonb_build_object('column', 'attribute_' || n, 'type', 'text', 'sample', '[null, {}]'::jsonb))
    FROM generate_series(1, 400) AS n)) AS m;

-- Confidence grows with the score, and never leaves 0 to 1.
SELECT test.is_true('monotone', bool_and(c.confidence >= COALESCE(c.before, 0) AND c.confidence BETWEEN 0 AND 1))
FROM (
    SELECT data.calibrate(n / 200.0) AS confidence, lag(data.calibrate(n / 200.0)) OVER (ORDER BY n) AS before
    FROM generate_series(-10, 210) AS n
) AS c;
