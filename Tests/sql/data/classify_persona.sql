-- Whose question it is: stems, phrases, weights, ties, no match; and each tenant by its own words.
RESET ROLE;
CREATE FUNCTION test.classify(query text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(c.persona, c.confidence, c.matched) FROM data.classify_persona(query) AS c
$$;
GRANT EXECUTE ON FUNCTION test.classify(text) TO PUBLIC;
SELECT test.become_member(1, permissions => '{personas.write}');
SELECT test.equals(q.query, test.classify(q.query), q.wanted::jsonb)
FROM (VALUES
    -- The contract's example.
    ('What is our cloud spend this month?',   '["coo", 0.95, ["cloud", "spend", "month"]]'),
    -- Stems, and the words as the question has them.
    ('SPENDING on Clouds, months',            '["coo", 0.95, ["SPENDING", "Clouds", "months"]]'),
    -- A phrase is found with stop words in it, hyphens divide, and it hides the shorter find of another persona inside it.
    ('latency of the data-pipelines',         '["cto", 0.95, ["latency", "data pipelines"]]'),
    ('Our pipeline',                          '["cro", 0.63, ["pipeline"]]'),
    ('profit and loss',                       '["cfo", 0.86, ["profit loss"]]'),
    ('P&L',                                   '["cfo", 0.63, ["P&L"]]'),
    -- A word counts once however often it is said.
    ('cloud, cloud and the clouds',           '["coo", 0.63, ["cloud", "clouds"]]'),
    -- Others' words take their share of the confidence.
    ('budget for the cloud spend',            '["coo", 0.58, ["cloud", "spend"]]'),
    -- A tie goes to the earlier persona; more keywords beat fewer of the same weight.
    ('budget and uptime',                     '["cto", 0.32, ["uptime"]]'),
    ('gross margin or deal and quota',        '["cro", 0.43, ["deal", "quota"]]'),
    -- Nothing found.
    ('What is this?',                         '[null, 0, []]'),
    ('Wetter in Köln',                        '[null, 0, []]'),
    ('?!',                                    '[null, 0, []]')
) AS q (query, wanted);

-- A tenant's own words: they add, outweigh, take the place of a default, and silence it.
SELECT data.set_persona_keywords('cfo', '[{"keyword": "Widget"}, {"keyword": "cloud spending", "weight": 5}]');
SELECT data.set_persona_keywords('coo', '[{"keyword": "months", "weight": 0}]');
SELECT test.equals('an own phrase', test.classify('cloud spend this month'), '["cfo", 0.99, ["cloud spend"]]');
SELECT test.equals('an own word', test.classify('widgets'), '["cfo", 0.63, ["widgets"]]');
SELECT test.equals('a silenced word', test.classify('month'), '[null, 0, []]');
SELECT test.equals('what takes the place of a default', jsonb_agg(jsonb_build_array(v.keyword, v.weight, v.is_default)), '[["months", 0.00, false]]')
FROM data.persona_vocabulary() AS v WHERE v.persona = 'coo' AND v.stems = '{month}';

-- Setting again replaces; what stays is not written again.
SELECT set_config('test.written', k.xmin::text, true) FROM data.persona_keywords AS k WHERE k.keyword = 'Widget' \g /dev/null
SAVEPOINT again;
SELECT data.set_persona_keywords('cfo', '[{"keyword": "Widget", "weight": 1}]');
SELECT test.equals('what is left', array_agg(k.persona || ' ' || k.keyword ORDER BY 1), '{"cfo Widget","coo months"}'::text[]) FROM data.persona_keywords AS k;
SELECT test.is_true('unchanged', k.xmin::text = current_setting('test.written')) FROM data.persona_keywords AS k WHERE k.keyword = 'Widget';
SELECT data.set_persona_keywords('cfo', '[]');
SELECT test.equals('none of its own', count(*), 0) FROM data.persona_keywords AS k WHERE k.persona = 'cfo';

-- What is no keyword is named by its place.
SELECT test.raises(format('SELECT data.set_persona_keywords(%L, %L)', 'cto', k.keywords), 'PT400', k.fault)
FROM (VALUES
    ('{}', '"field" : "keywords"'), ('null', '"field" : "keywords"'), ('[1]', 'keywords[0]'), ('[{"weight": 1}]', 'keywords[0]'),
    ('[{"keyword": "a b"}, {"keyword": "the and"}]', 'bad_length'), ('[{"keyword": "ok"}, {"keyword": "one two three four five six"}]', 'keywords[1]'),
    ('[{"keyword": "x", "weight": "1"}]', 'bad_weight'), ('[{"keyword": "x", "weight": 10.01}]', 'bad_weight'), ('[{"keyword": "x", "weight": -1}]', 'bad_weight'),
    ('[{"keyword": "cloud"}, {"keyword": "Clouds"}]', 'means the same as keywords[0]')
) AS k (keywords, fault);
SELECT test.raises(format('SELECT data.set_persona_keywords(%L, %L)', 'cto', jsonb_build_array(jsonb_build_object('keyword', repeat('x', 101)))), 'PT400', 'too_long');
SELECT test.raises(
    $$SELECT data.set_persona_keywords('cto', (SELECT jsonb_agg(jsonb_build_object('keyword', 'w' || n)) FROM generate_series(1, 501) AS n))$$,
    'PT400', 'at most 500');
SELECT data.set_persona_keywords('cto', (SELECT jsonb_agg(jsonb_build_object('keyword', 'w' || n)) FROM generate_series(1, 500) AS n));

-- The neighbour and who has no tenant know the defaults alone; nobody writes without the permission.
SELECT test.become_member(2);
SELECT test.equals('the neighbour''s words', test.classify('widgets'), '[null, 0, []]');
SELECT test.equals('the neighbour''s keywords', count(*), 0) FROM data.persona_keywords;
SELECT test.raises($$SELECT data.set_persona_keywords('cto', '[]')$$, 'PT403', 'forbidden');
SELECT test.raises($$DELETE FROM data.persona_keywords$$, '42501');
SELECT test.become_anon();
SELECT test.equals('nobody''s words', test.classify('months of widgets'), '["coo", 0.63, ["months"]]');
SELECT test.raises($$SELECT data.set_persona_keywords('cto', '[]')$$, '42501');
