-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/view_answer.sql
-- Requires: functions/data/read_page.sql
-- The contacts of the calling tenant, newest first, those that the filters leave: one for each row of a source. The
-- filter email finds all contacts of one person, however each source writes the address.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count[, next_cursor]}}. Of the whole list the total
--          is kept, not counted. With cursor (empty for the first page) the next page's cursor is in meta.
-- Errors:  PT400 invalid  400  the cursor is none, or an offset is stated besides
CREATE OR REPLACE FUNCTION autonomos.list_contacts(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0, cursor text DEFAULT NULL,
    contact_id text DEFAULT NULL, account_id text DEFAULT NULL, email text DEFAULT NULL,
    first_name text DEFAULT NULL, last_name text DEFAULT NULL, phone text DEFAULT NULL, title text DEFAULT NULL,
    owner_id text DEFAULT NULL, source_system text DEFAULT NULL, source_connection_id uuid DEFAULT NULL,
    updated_since timestamptz DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_total CONSTANT bigint := (SELECT COALESCE(sum(c.total), 0)::bigint FROM data.entity_counts AS c WHERE c.entity = 'contact');
    -- What is no address is no contact's either.
    v_email CONSTANT text := CASE
        WHEN list_contacts.email <> '' THEN COALESCE(data.normal_email(list_contacts.email), list_contacts.email) END;
BEGIN
    RETURN autonomos.view_answer(
        data.read_page('contacts', 'contact_id', 'autonomos.contact_document(t)', jsonb_build_object(
            'contact_id', list_contacts.contact_id, 'account_id', list_contacts.account_id,
            'email_key', v_email,
            'first_name', list_contacts.first_name, 'last_name', list_contacts.last_name, 'phone', list_contacts.phone,
            'title', list_contacts.title, 'owner_id', list_contacts.owner_id,
            'source_system', list_contacts.source_system, 'source_connection_id', list_contacts.source_connection_id,
            'updated_since', list_contacts.updated_since),
            v_total, list_contacts."limit", list_contacts."offset", list_contacts.cursor),
        list_contacts."limit", list_contacts."offset", list_contacts.cursor);
END;
$$;
COMMENT ON FUNCTION autonomos.list_contacts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, text, text, uuid, timestamptz) IS
    'The contacts of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_contacts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, text, text, uuid, timestamptz) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/contacts', 'autonomos.list_contacts',
    rate => 'read',
    returns => '{"success": "boolean", "data": [{
        "contact_id": "string", "account_id": "string?", "email": "string?", "first_name": "string?",
        "last_name": "string?", "phone": "string?", "title": "string?", "owner_id": "string?",
        "external_ids": "object", "extras": "object", "source_system": "string",
        "source_connection_id": "string?", "created_at": "string", "updated_at": "string", "synced_at": "string?"
    }], "meta": {
        "total": "integer", "limit": "integer", "offset": "integer", "count": "integer", "next_cursor?": "string?"
    }}',
    errors => '{invalid}',
    tag => 'DCL');
