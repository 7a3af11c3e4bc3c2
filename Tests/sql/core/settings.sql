-- The environment, as the server resolved it, wins over the operator's value, which wins over the default.
RESET ROLE;
SELECT core.declare_setting('testing.word', 'TESTING_WORD', 'text', 'default', 'A word.');
SELECT core.declare_setting('testing.none', 'TESTING_NONE', 'text', NULL, 'Nothing.');
SELECT test.become_member(1);
SELECT test.equals('the default', core.setting('testing.word'), 'default');
SELECT test.equals('no value', core.setting('testing.none'), NULL);
RESET ROLE;
UPDATE core.settings SET value = 'operator' WHERE name = 'testing.word';
SELECT core.declare_setting('testing.word', 'TESTING_WORD', 'text', 'another default', 'A word.');
SELECT test.become_member(1);
SELECT test.equals('the operator''s', core.setting('testing.word'), 'operator');
SELECT set_config('pgserver.settings', '{"testing.word": "environment", "autopack.phase6_metrics": "1", "auth.token_seconds": 99}', true);
SELECT test.equals('the environment''s', core.setting('testing.word'), 'environment');
SELECT test.equals('a boolean', core.is_enabled('autopack.phase6_metrics'), true);
SELECT test.equals('a number', core.setting_integer('auth.token_seconds'), 99::bigint);
SELECT set_config('pgserver.settings', '', true);
SELECT test.equals('a boolean by default', core.is_enabled('autopack.phase6_metrics'), false);
SELECT test.raises($$SELECT core.setting('testing.wrod')$$, '42704');
SELECT test.raises('SELECT * FROM core.settings', '42501');
SELECT test.equals('kill switches', core.kill_switches()::jsonb,
    '{"AUTO_APPROVE_BUILD113": true, "AUTOPACK_ENABLE_PHASE6_METRICS": false, "AUTOPACK_ENABLE_CONSOLIDATED_METRICS": false}'::jsonb);

RESET ROLE;
SELECT test.raises($$SELECT core.declare_setting('testing.bad', 'TESTING_BAD', 'boolean', 'maybe', '')$$,      '23514', 'settings_default_value_check');
SELECT test.raises($$SELECT core.declare_setting('testing.bad', 'TESTING_BAD', 'integer', NULL, '')$$,         '23514', 'settings_default_value_check');
SELECT test.raises($$SELECT core.declare_setting('testing.bad', 'TESTING_BAD', 'text', '', '', true)$$,        '23514', 'settings_kill_switch_check');
SELECT test.raises($$SELECT core.declare_setting('testing.bad', 'TESTING_WORD', 'text', '', '')$$,             '23505', 'settings_environment_key');
SELECT test.raises($$UPDATE core.settings SET value = 'x' WHERE name = 'auth.bcrypt_cost'$$,                   '23514', 'settings_value_check');
