-- Empties what was unified when all contacts of all tenants are emptied.
--
-- Role:    nobody; a trigger
-- Definer: lends who empties data.contacts the right to empty what was made of them
CREATE FUNCTION data.forget_unification()
RETURNS trigger LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    TRUNCATE data.contact_links, data.golden_contacts, data.contact_changes, data.unifications;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION data.forget_unification() IS 'Empties what was unified when all contacts are emptied.';

CREATE TRIGGER forget_truncated AFTER TRUNCATE ON data.contacts
    FOR EACH STATEMENT EXECUTE FUNCTION data.forget_unification();
