-- The function that makes a stream's frames.
--
-- Role:    member
-- Definer: lends the name of one function, which is no secret
-- Returns: its quoted name; NULL if there is no such stream, or if it sends states
CREATE OR REPLACE FUNCTION api.stream_frame(route_id integer)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
    RETURN (SELECT s.frame FROM api.catalog_streams() AS s WHERE s.route_id = stream_frame.route_id);
END;
$$;
COMMENT ON FUNCTION api.stream_frame(integer) IS 'The function that makes a stream''s frames.';
GRANT EXECUTE ON FUNCTION api.stream_frame(integer) TO member;
