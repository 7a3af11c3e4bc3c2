SELECT set_config('request.claims', '{"permissions": ["audit.read"], "is_superuser": false}', true);
SELECT test.equals('its own permission', auth.has_permission('audit.read'), true);
SELECT test.equals('another', auth.has_permission('sessions.manage'), false);
SELECT test.equals('the platform', auth.has_permission('superuser'), false);
-- The word in the list of permissions makes nobody a superuser.
SELECT set_config('request.claims', '{"permissions": ["superuser"], "is_superuser": "true"}', true);
SELECT test.equals('a superuser by name', auth.has_permission('superuser'), false);
SELECT set_config('request.claims', '{"permissions": [], "is_superuser": true}', true);
SELECT test.equals('a superuser', auth.has_permission('superuser') AND auth.has_permission('audit.read'), true);
SELECT set_config('request.claims', '', true);
SELECT test.equals('nobody', auth.has_permission('audit.read'), false);
