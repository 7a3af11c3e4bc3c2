-- Requires: functions/api/dialect.sql
-- How the paths that Auterity and Autopack share write: Auterity's envelope and, beside it, Autopack's detail.
SELECT api.dialect('auterity_auth', 'Auterity and Autopack sign-in',
    '{"error":{"code":${code},"message":${message}[[first_field:,"details":{"field":${first_field},"issue":${first_message}}]],"timestamp":${timestamp},"request_id":${request_id}},"detail":${message}}',
    prefixes => '{/api/auth}',
    request_id_form => 'req-${uuid}',
    page_style => 'page',
    www_authenticate => 'Bearer',
    inherits => 'auterity');
