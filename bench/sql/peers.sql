-- Puts the workload's routes on top of the peers' tables: views in the place of its own tables, policies for the role
-- that our requests run as, and the peers' key. Loaded by the administrator; :secret is the key in base64.
BEGIN;
CREATE OR REPLACE VIEW bench.accounts WITH (security_invoker = true) AS
SELECT a.tenant_id, a.account_id, a.name, a.email, a.status, a.balance, a.country, a.created_at FROM peer.accounts AS a;
CREATE OR REPLACE VIEW bench.notes WITH (security_invoker = true) AS
SELECT n.tenant_id, n.note_id, n.account_id, n.body, n.created_at FROM peer.notes AS n;
CREATE OR REPLACE VIEW bench.account_totals WITH (security_invoker = true) AS
SELECT t.tenant_id, t.total FROM peer.account_totals AS t;
DROP POLICY IF EXISTS accounts_member ON peer.accounts;
DROP POLICY IF EXISTS notes_member    ON peer.notes;
DROP POLICY IF EXISTS totals_member   ON peer.account_totals;
CREATE POLICY accounts_member ON peer.accounts TO member
    USING (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY notes_member ON peer.notes TO member
    USING      (tenant_id = (SELECT auth.tenant_id()))
    WITH CHECK (tenant_id = (SELECT auth.tenant_id()));
CREATE POLICY totals_member ON peer.account_totals TO member
    USING (tenant_id = (SELECT auth.tenant_id()));
GRANT USAGE ON SCHEMA peer TO member;
GRANT SELECT ON peer.accounts, peer.account_totals, bench.accounts, bench.account_totals TO member;
GRANT SELECT, INSERT ON peer.notes, bench.notes TO member;
-- Each run has its own secret.
SELECT api.add_signing_key('peers-' || md5(:'secret'), 'HS256', :'secret', NULL, NULL)
WHERE NOT EXISTS (SELECT FROM api.signing_keys() AS k WHERE k.is_active AND k.private_key = :'secret');
COMMIT;
