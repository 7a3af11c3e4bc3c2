-- Requires: functions/autonomos/require_aam.sql
-- Requires: functions/autonomos/suggestion_document.sql
-- The queue of suggested mappings of the calling tenant, the surest first.
--
-- Role:    member
-- Takes:   status: pending, applied, accepted, rejected or superseded; connection_id: of one connection only
-- Returns: 200 {suggestions: [...], total, limit, offset, has_more}
-- Errors:  PT400 invalid      400  there is no such status
--          PT503 unavailable  503  AAM models not configured
CREATE OR REPLACE FUNCTION autonomos.list_suggestions(
    status text DEFAULT 'pending', connection_id uuid DEFAULT NULL, "limit" core.page_limit DEFAULT 100,
    "offset" core.page_offset DEFAULT 0)
RETURNS api.page LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_page api.page;
BEGIN
    PERFORM autonomos.require_aam();
    PERFORM api.invalid(
        CASE WHEN list_suggestions.status NOT IN ('pending', 'applied', 'accepted', 'rejected', 'superseded')
            THEN ('status', 'not_one_of', 'Use pending, applied, accepted, rejected or superseded.')::api.fault END);
    SELECT count(*) INTO v_page.total
    FROM data.mapping_suggestions AS s
    WHERE s.status = list_suggestions.status
        AND (s.connection_id = list_suggestions.connection_id OR list_suggestions.connection_id IS NULL);
    SELECT
        COALESCE(json_agg(autonomos.suggestion_document(p) ORDER BY p.confidence DESC, p.created_at, p.suggestion_id), '[]'),
        count(*)
    INTO v_page.items, v_page.item_count
    FROM (
        SELECT s.*
        FROM data.mapping_suggestions AS s
        WHERE s.status = list_suggestions.status
            AND (s.connection_id = list_suggestions.connection_id OR list_suggestions.connection_id IS NULL)
        ORDER BY s.confidence DESC, s.created_at, s.suggestion_id
        LIMIT list_suggestions."limit" OFFSET list_suggestions."offset"
    ) AS p;
    RETURN v_page;
END;
$$;
COMMENT ON FUNCTION autonomos.list_suggestions(text, uuid, core.page_limit, core.page_offset) IS
    'The queue of suggested mappings, the surest first.';
GRANT EXECUTE ON FUNCTION autonomos.list_suggestions(text, uuid, core.page_limit, core.page_offset) TO member;
SELECT api.route(
    'GET /api/v1/aam/intelligence/rag_queue', 'autonomos.list_suggestions', rate => 'read', tag => 'AAM',
    page => '{"suggestions":${items},"total":${total},"limit":${limit},"offset":${offset},"has_more":${has_next}}',
    returns => '{"id": "uuid", "connection_id": "uuid", "vendor": "string", "relation": "string", "entity": "string",
        "vendor_field": "string?", "canonical_field": "string?", "confidence": "number", "coercion": "any",
        "status": "pending|applied|accepted|rejected|superseded", "evidence": "object", "drift_event_id": "string?",
        "mapping_id": "string?", "failure": "string?", "reason": "string?", "created_at": "date-time",
        "decided_at": "string?"}',
    errors => '{invalid,unavailable}');
