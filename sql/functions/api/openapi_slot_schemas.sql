-- What the slots of a dialect's templates may hold, as JSON Schemas.
CREATE OR REPLACE FUNCTION api.openapi_slot_schemas()
RETURNS jsonb LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN '{
    "status":       {"type": "integer", "minimum": 400, "maximum": 599},
    "code":         {"type": "string", "description": "What happened, for programs."},
    "message":      {"type": "string", "description": "What happened, for people."},
    "hint":         {"type": "string", "description": "What to do about it."},
    "request_id":   {"type": "string", "description": "Quote it when asking for help."},
    "timestamp":    {"type": "string", "format": "date-time"},
    "retry_after":  {"type": "integer", "minimum": 0, "description": "Seconds to wait before the next attempt."},
    "field":        {"type": "string", "description": "The member or parameter at fault."},
    "first_field":  {"type": "string", "description": "The first member or parameter at fault."},
    "first_code":   {"type": "string"},
    "first_message":{"type": "string"},
    "total":        {"type": "integer", "minimum": 0, "description": "How many there are in all."},
    "count":        {"type": "integer", "minimum": 0, "description": "How many are on this page."},
    "limit":        {"type": "integer", "minimum": 0},
    "offset":       {"type": "integer", "minimum": 0},
    "page":         {"type": "integer", "minimum": 1},
    "page_size":    {"type": "integer", "minimum": 0},
    "total_pages":  {"type": "integer", "minimum": 0},
    "has_next":     {"type": "boolean"},
    "has_previous": {"type": "boolean"}
}'::jsonb;
COMMENT ON FUNCTION api.openapi_slot_schemas() IS 'What the slots of a dialect''s templates may hold, as JSON Schemas.';
