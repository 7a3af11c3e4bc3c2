SET LOCAL ROLE pgserver;
SELECT test.equals(w.settings, ARRAY(SELECT f FROM api.settings_faults(w.settings::json) AS f), w.faults)
FROM (VALUES
    ('{}',                                                                        '{}'::text[]),
    ('{"autonomos.auth_enabled": "false"}',                                       '{}'),
    ('{"autonomos.auth_enabled": "false", "server.environment": "production"}',   '{"DCL_AUTH_ENABLED opens AutonomOS to everybody, which is not allowed in production."}'),
    ('{"autonomos.auth_enabled": "0", "autopack.environment": "Production"}',     '{"DCL_AUTH_ENABLED opens AutonomOS to everybody, which is not allowed in production."}'),
    ('{"autonomos.auth_enabled": "true", "server.environment": "production"}',    '{}'),
    ('{"auth.bcrypt_cost": "3"}',                                                 '{"PGSERVER_BCRYPT_COST must be 4 to 16."}'),
    ('{"auth.bcrypt_cost": "4"}',                                                 '{}'),
    ('{"auth.bcrypt_cost": "9", "server.environment": "production"}',             '{"PGSERVER_BCRYPT_COST must be 10 to 16."}'),
    ('{"auth.bcrypt_cost": "17"}',                                                '{"PGSERVER_BCRYPT_COST must be 4 to 16."}'),
    ('{"auth.token_seconds": "59"}',                                              '{"PGSERVER_TOKEN_SECONDS must be 60 to 31536000."}'),
    ('{"autopack.public_read": "perhaps"}',                                       '{"AUTOPACK_PUBLIC_READ must be true or false."}'),
    ('{"auth.bcrypt_cost": "many"}',                                              '{"PGSERVER_BCRYPT_COST must be a whole number."}'),
    ('{"no.such": "x"}',                                                          '{"no.such is no setting."}')
) AS w (settings, faults);
