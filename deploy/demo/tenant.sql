-- The demonstration's tenant: registers its owner as the REST endpoint does, connects it to the demonstration's source
-- and reads that in. Run again it leaves user and tenant as they are and reads what is new.
--
-- Run by the administrator with psql, in the server's database, after deploy/demo/source.sql:
--
--   psql -v email=demo@example.com -v password=… -v tenant_name='Demo Company' \
--        -v host=127.0.0.1 -v port=5432 -v source_db=demo_crm \
--        -v source_user=demo_crm_reader -v source_password=… -f deploy/demo/tenant.sql

\set ON_ERROR_STOP on
\if :{?tenant_name} \else \set tenant_name 'Demo Company' \endif

BEGIN;
SELECT NOT EXISTS (SELECT FROM auth.users AS u WHERE lower(u.email) = lower(:'email')) AS is_new \gset
\if :is_new
SET LOCAL ROLE anon;
SELECT (auth.register(:'email', :'password', tenant_name => :'tenant_name')).tenant_id \g /dev/null
RESET ROLE;
\endif
SELECT m.tenant_id
FROM auth.users AS u
JOIN auth.memberships AS m ON m.user_id = u.user_id AND m.role = 'owner'
WHERE lower(u.email) = lower(:'email')
ORDER BY m.created_at
LIMIT 1
\gset
COMMIT;
\ir connect.sql
