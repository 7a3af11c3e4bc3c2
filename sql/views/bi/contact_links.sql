-- Runs as: bi_owner
CREATE OR REPLACE VIEW bi.contact_links AS
SELECT
    l.contact_id,
    l.golden_contact_id,
    l.linked_at
FROM data.contact_links AS l;
COMMENT ON VIEW bi.contact_links IS
    'Which person a contact is. Contacts without an e-mail address, and those that their source no longer has, are in no row.';
COMMENT ON COLUMN bi.contact_links.contact_id        IS 'Id of the contact; joins bi.contacts.';
COMMENT ON COLUMN bi.contact_links.golden_contact_id IS 'Id of the person; joins bi.golden_contacts.';
COMMENT ON COLUMN bi.contact_links.linked_at         IS 'When the contact was linked to this person, in UTC.';
GRANT SELECT ON bi.contact_links TO bi_reader;
