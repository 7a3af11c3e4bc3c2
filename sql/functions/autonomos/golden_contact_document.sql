-- A golden contact as lists show it.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.golden_contact_document(golden_contact data.golden_contacts)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            golden_contact.golden_contact_id,
            golden_contact.email,
            golden_contact.first_name,
            golden_contact.last_name,
            golden_contact.phone,
            golden_contact.title,
            golden_contact.account_id,
            golden_contact.owner_id,
            golden_contact.field_sources,
            golden_contact.source_systems,
            golden_contact.contact_count,
            to_char(golden_contact.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(golden_contact.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(golden_contact.unified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS unified_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION autonomos.golden_contact_document(data.golden_contacts) IS 'A golden contact as lists show it.';
GRANT EXECUTE ON FUNCTION autonomos.golden_contact_document(data.golden_contacts) TO member;
