-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.contacts AS
SELECT
    c.contact_id,
    c.account_id,
    c.email,
    c.first_name,
    c.last_name,
    c.phone,
    c.title,
    c.owner_id,
    c.extras,
    c.source_system,
    c.source_connection_id AS connection_id,
    c.source_key,
    c.created_at,
    c.updated_at,
    c.synced_at,
    c.source_removed_at    AS removed_at
FROM data.contacts AS c;
COMMENT ON VIEW bi.contacts IS 'People, one row for each row of a source. Times are instants; UTC is what this database shows.';
COMMENT ON COLUMN bi.contacts.contact_id    IS 'Id of the contact.';
COMMENT ON COLUMN bi.contacts.account_id    IS 'Company the person belongs to; joins bi.accounts, unless the source lacks that company.';
COMMENT ON COLUMN bi.contacts.email         IS 'E-mail address.';
COMMENT ON COLUMN bi.contacts.first_name    IS 'Given name.';
COMMENT ON COLUMN bi.contacts.last_name     IS 'Family name.';
COMMENT ON COLUMN bi.contacts.phone         IS 'Telephone number, as the source writes it.';
COMMENT ON COLUMN bi.contacts.title         IS 'Position in the company.';
COMMENT ON COLUMN bi.contacts.owner_id      IS 'Who looks after the contact, as the source names that person.';
COMMENT ON COLUMN bi.contacts.extras        IS 'JSON object of the source''s other columns, in the source''s units.';
COMMENT ON COLUMN bi.contacts.source_system IS 'Name of the system the row came from.';
COMMENT ON COLUMN bi.contacts.connection_id IS 'Connection the row came through; joins bi.connections.';
COMMENT ON COLUMN bi.contacts.source_key    IS 'Key of the row in its source.';
COMMENT ON COLUMN bi.contacts.created_at    IS 'When the source recorded it, in UTC.';
COMMENT ON COLUMN bi.contacts.updated_at    IS 'When it last changed, in UTC.';
COMMENT ON COLUMN bi.contacts.synced_at     IS 'When a sync last wrote the row, in UTC.';
COMMENT ON COLUMN bi.contacts.removed_at    IS 'When the source was first seen without it, in UTC; NULL while it is there.';
GRANT SELECT ON bi.contacts TO bi_reader;
