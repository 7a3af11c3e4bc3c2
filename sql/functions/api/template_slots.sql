-- The slots that each template may have. The server refuses any other; so does api.catalog_faults().
--
-- Role:    nobody; part of api.catalog_faults()
-- Returns: the names of the slots; NULL for an unknown use
CREATE OR REPLACE FUNCTION api.template_slots(use text)
RETURNS text[] LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE template_slots.use
    WHEN 'success' THEN '{body,request_id,timestamp}'::text[]
    WHEN 'error' THEN '{status,code,message,hint,request_id,timestamp,retry_after,faults,first_field,first_code,first_message}'
    WHEN 'fault' THEN '{field,code,message}'
    WHEN 'page' THEN '{items,total,count,limit,offset,page,page_size,total_pages,has_next,has_previous,items_key,request_id,timestamp}'
    WHEN 'page_header' THEN '{total,count,limit,offset,page,page_size,total_pages,has_next,has_previous,link,request_id,timestamp}'
    WHEN 'unavailable' THEN '{request_id,timestamp}'
    WHEN 'heartbeat' THEN '{ts,ts_naive,id,tenant}'
    WHEN 'stream_error' THEN '{ts,ts_naive,message,code,id,tenant}'
    WHEN 'lost' THEN '{ts,ts_naive,message,code,id,tenant}'
END;
COMMENT ON FUNCTION api.template_slots(text) IS 'The slots that each template may have.';
