-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.accounts AS
SELECT
    a.account_id,
    a.name                  AS account_name,
    a.type                  AS account_type,
    a.industry,
    a.owner_id,
    a.status,
    a.extras,
    a.source_system,
    a.source_connection_id  AS connection_id,
    a.source_key,
    a.created_at,
    a.updated_at,
    a.synced_at,
    a.source_removed_at     AS removed_at
FROM data.accounts AS a;
COMMENT ON VIEW bi.accounts IS 'Companies, one row each, from every connected source. Times are instants; UTC is what this database shows.';
COMMENT ON COLUMN bi.accounts.account_id    IS 'Id of the account; contacts and opportunities refer to it.';
COMMENT ON COLUMN bi.accounts.account_name  IS 'Name of the company.';
COMMENT ON COLUMN bi.accounts.account_type  IS 'What the company is to us, such as customer; as the source says.';
COMMENT ON COLUMN bi.accounts.industry      IS 'Line of business.';
COMMENT ON COLUMN bi.accounts.owner_id      IS 'Who looks after the account, as the source names that person.';
COMMENT ON COLUMN bi.accounts.status        IS 'State of the relation, such as active; as the source says.';
COMMENT ON COLUMN bi.accounts.extras        IS 'JSON object of the source''s other columns, in the source''s units.';
COMMENT ON COLUMN bi.accounts.source_system IS 'Name of the system the row came from.';
COMMENT ON COLUMN bi.accounts.connection_id IS 'Connection the row came through; joins bi.connections.';
COMMENT ON COLUMN bi.accounts.source_key    IS 'Key of the row in its source.';
COMMENT ON COLUMN bi.accounts.created_at    IS 'When the source recorded it, in UTC.';
COMMENT ON COLUMN bi.accounts.updated_at    IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.accounts.synced_at     IS 'When a sync last wrote the row, in UTC.';
COMMENT ON COLUMN bi.accounts.removed_at    IS 'When the source was first seen without it, in UTC; NULL while it is there.';
GRANT SELECT ON bi.accounts TO bi_reader;
