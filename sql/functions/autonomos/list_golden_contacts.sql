-- Requires: functions/autonomos/dialect.sql
-- Requires: functions/autonomos/view_answer.sql
-- Requires: functions/data/read_page.sql
-- The golden contacts of the calling tenant, those that the filters leave: people as unification made them, one for
-- each e-mail address, who was recorded last first. The filter source_system finds people that this system
-- knows, unified_since those whom a run has changed since.
--
-- Role:    member
-- Returns: 200 {success, data: [...], meta: {total, limit, offset, count[, next_cursor]}}. Of the whole list the total
--          is kept, not counted. With cursor (empty for the first page) the next page's cursor is in meta.
-- Errors:  PT400 invalid  400  the cursor is none, or an offset is stated besides
CREATE OR REPLACE FUNCTION autonomos.list_golden_contacts(
    "limit" core.page_limit DEFAULT 100, "offset" core.page_offset DEFAULT 0, cursor text DEFAULT NULL,
    golden_contact_id text DEFAULT NULL, email text DEFAULT NULL, account_id text DEFAULT NULL,
    first_name text DEFAULT NULL, last_name text DEFAULT NULL, phone text DEFAULT NULL, title text DEFAULT NULL,
    owner_id text DEFAULT NULL, source_system text DEFAULT NULL, updated_since timestamptz DEFAULT NULL,
    unified_since timestamptz DEFAULT NULL)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_total CONSTANT bigint := (
        SELECT COALESCE(sum(u.golden_contact_count), 0)::bigint FROM data.unifications AS u);
    -- What is no address is no contact's either.
    v_email CONSTANT text := CASE
        WHEN list_golden_contacts.email <> '' THEN COALESCE(data.normal_email(list_golden_contacts.email), list_golden_contacts.email) END;
BEGIN
    RETURN autonomos.view_answer(
        data.read_page(
            'golden_contacts', 'golden_contact_id', 'autonomos.golden_contact_document(t)', jsonb_build_object(
            'golden_contact_id', list_golden_contacts.golden_contact_id,
            'email', v_email,
            'account_id', list_golden_contacts.account_id, 'first_name', list_golden_contacts.first_name,
            'last_name', list_golden_contacts.last_name, 'phone', list_golden_contacts.phone,
            'title', list_golden_contacts.title, 'owner_id', list_golden_contacts.owner_id,
            'source_systems', list_golden_contacts.source_system,
            'updated_since', list_golden_contacts.updated_since,
            'unified_since', list_golden_contacts.unified_since),
            v_total, list_golden_contacts."limit", list_golden_contacts."offset", list_golden_contacts.cursor),
        list_golden_contacts."limit", list_golden_contacts."offset", list_golden_contacts.cursor);
END;
$$;
COMMENT ON FUNCTION autonomos.list_golden_contacts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, text, text, timestamptz,
    timestamptz) IS
    'The golden contacts of the calling tenant.';
GRANT EXECUTE ON FUNCTION autonomos.list_golden_contacts(
    core.page_limit, core.page_offset, text, text, text, text, text, text, text, text, text, text, timestamptz,
    timestamptz) TO member;
SELECT api.route(
    'GET /api/v1/dcl/views/golden-contacts', 'autonomos.list_golden_contacts',
    rate => 'read',
    returns => '{"success": "boolean", "data": [{
        "golden_contact_id": "string", "email": "string", "first_name": "string?", "last_name": "string?",
        "phone": "string?", "title": "string?", "account_id": "string?", "owner_id": "string?",
        "field_sources": "object", "source_systems": ["string"], "contact_count": "integer",
        "created_at": "string", "updated_at": "string", "unified_at": "string"
    }], "meta": {
        "total": "integer", "limit": "integer", "offset": "integer", "count": "integer", "next_cursor?": "string?"
    }}',
    errors => '{invalid}',
    tag => 'DCL');
