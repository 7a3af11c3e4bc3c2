-- Runs as: administrator
--
-- The schema of the workload that the benchmarks measure. It is deployed on top of the project's own files, into a
-- throw-away database.

CREATE SCHEMA IF NOT EXISTS bench AUTHORIZATION pgserver_owner;
REVOKE ALL ON SCHEMA bench FROM PUBLIC;
GRANT USAGE ON SCHEMA bench TO member, worker;
COMMENT ON SCHEMA bench IS 'Accounts and notes of made-up tenants, to measure with.';
