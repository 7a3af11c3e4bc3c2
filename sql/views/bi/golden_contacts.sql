-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.golden_contacts AS
SELECT
    g.golden_contact_id,
    g.email,
    g.first_name,
    g.last_name,
    g.phone,
    g.title,
    g.account_id,
    g.owner_id,
    g.contact_count,
    g.source_systems,
    g.field_sources,
    g.created_at,
    g.updated_at,
    g.unified_at
FROM data.golden_contacts AS g;
COMMENT ON VIEW bi.golden_contacts IS 'People, one row for each e-mail address, made of the contacts of all sources. Times are in UTC.';
COMMENT ON COLUMN bi.golden_contacts.golden_contact_id IS 'Id of the person; joins bi.contact_links.';
COMMENT ON COLUMN bi.golden_contacts.email             IS 'The address that the contacts share, in small letters.';
COMMENT ON COLUMN bi.golden_contacts.first_name        IS 'Given name.';
COMMENT ON COLUMN bi.golden_contacts.last_name         IS 'Family name.';
COMMENT ON COLUMN bi.golden_contacts.phone             IS 'Telephone number, as the source it was taken from writes it.';
COMMENT ON COLUMN bi.golden_contacts.title             IS 'Position in the company.';
COMMENT ON COLUMN bi.golden_contacts.account_id        IS 'Company the person belongs to; joins bi.accounts, unless the source lacks that company.';
COMMENT ON COLUMN bi.golden_contacts.owner_id          IS 'Who looks after the person, as the source names that one.';
COMMENT ON COLUMN bi.golden_contacts.contact_count     IS 'How many contacts it was made of.';
COMMENT ON COLUMN bi.golden_contacts.source_systems    IS 'Names of the systems that know the person, in alphabetical order.';
COMMENT ON COLUMN bi.golden_contacts.field_sources     IS 'JSON object: of each field that has a value, the id of the contact it was taken from.';
COMMENT ON COLUMN bi.golden_contacts.created_at        IS 'When the first of its contacts was recorded by a source, in UTC.';
COMMENT ON COLUMN bi.golden_contacts.updated_at        IS 'When the last of its contacts was changed by a source, in UTC.';
COMMENT ON COLUMN bi.golden_contacts.unified_at        IS 'When unification last changed the row, in UTC.';
GRANT SELECT ON bi.golden_contacts TO bi_reader;
