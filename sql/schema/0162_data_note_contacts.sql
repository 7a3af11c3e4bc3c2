-- Notes the addresses of contacts that came or went, for the next unification.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer of contacts the right to note what it changed
CREATE FUNCTION data.note_contacts()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_emails_max CONSTANT int := 1000;
BEGIN
    INSERT INTO data.contact_changes (tenant_id, emails)
    SELECT e.tenant_id, array_agg(e.email_key)
    FROM (
        SELECT u.tenant_id, u.email_key, (row_number() OVER () - 1) / v_emails_max AS part
        FROM (SELECT DISTINCT c.tenant_id, c.email_key FROM changed AS c WHERE c.email_key IS NOT NULL) AS u
    ) AS e
    GROUP BY e.tenant_id, e.part;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.note_contacts() IS 'Notes the addresses of contacts that came or went.';

CREATE TRIGGER note_inserted AFTER INSERT ON data.contacts REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION data.note_contacts();
CREATE TRIGGER note_deleted AFTER DELETE ON data.contacts REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION data.note_contacts();

-- Notes the addresses of contacts that changed, those they had and those they have. An address that is noted for nothing
-- costs a comparison; one that were missed would stay wrong, so it does not matter what about the contact changed.
--
-- Role:    nobody; a trigger
-- Definer: lends every writer of contacts the right to note what it changed
CREATE FUNCTION data.note_changed_contacts()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_emails_max CONSTANT int := 1000;
BEGIN
    INSERT INTO data.contact_changes (tenant_id, emails)
    SELECT e.tenant_id, array_agg(e.email_key)
    FROM (
        SELECT u.tenant_id, u.email_key, (row_number() OVER () - 1) / v_emails_max AS part
        FROM (
            SELECT o.tenant_id, o.email_key FROM old_rows AS o WHERE o.email_key IS NOT NULL
            UNION
            SELECT n.tenant_id, n.email_key FROM new_rows AS n WHERE n.email_key IS NOT NULL
        ) AS u
    ) AS e
    GROUP BY e.tenant_id, e.part;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.note_changed_contacts() IS 'Notes the addresses of contacts that changed.';

CREATE TRIGGER note_updated AFTER UPDATE ON data.contacts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION data.note_changed_contacts();

-- What is there already. The owner sees all tenants' contacts only while its own policies do not bind it.
ALTER TABLE data.contacts NO FORCE ROW LEVEL SECURITY;
INSERT INTO data.contact_changes (tenant_id, emails)
SELECT e.tenant_id, array_agg(e.email_key)
FROM (
    SELECT u.tenant_id, u.email_key, (row_number() OVER () - 1) / 1000 AS part
    FROM (SELECT DISTINCT c.tenant_id, c.email_key FROM data.contacts AS c WHERE c.email_key IS NOT NULL) AS u
) AS e
GROUP BY e.tenant_id, e.part;
ALTER TABLE data.contacts FORCE ROW LEVEL SECURITY;
