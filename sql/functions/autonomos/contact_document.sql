-- A contact as lists show it.
--
-- Role:    member
CREATE OR REPLACE FUNCTION autonomos.contact_document(contact data.contacts)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            contact.contact_id,
            contact.account_id,
            contact.email,
            contact.first_name,
            contact.last_name,
            contact.phone,
            contact.title,
            contact.owner_id,
            contact.external_ids,
            contact.extras,
            contact.source_system,
            contact.source_connection_id,
            to_char(contact.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(contact.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(contact.synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS synced_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION autonomos.contact_document(data.contacts) IS 'A contact as lists show it.';
GRANT EXECUTE ON FUNCTION autonomos.contact_document(data.contacts) TO member;
