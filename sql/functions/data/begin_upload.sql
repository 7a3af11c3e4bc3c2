-- Requires: functions/core/begin_file.sql
-- Requires: functions/data/receiving_connection.sql
-- Makes ready to receive a file that becomes the rows of a relation.
--
-- relation: by default the name of the file, without its ending. filename: by default that of the relation.
--
-- Role:    member, worker
-- Definer: lends the reading of the connection, of the caller's tenant
-- Returns: a ticket: {file_id, connection_id, relation, mode, name, media_type}
-- Errors:  PT400 invalid            400  a field is missing or malformed; DETAIL names it
--          PT401 unauthenticated    401  nobody is signed in
--          PT403 forbidden          403  the permission connections.write is missing
--          PT404 not_found          404  the tenant has no such connection
--          PT409 connection_kind    409  a connection of this type takes no files
--          PT409 connection_paused  409  the connection is paused
--          PT409 disconnected       409  the connection was disconnected
CREATE OR REPLACE FUNCTION data.begin_upload(
    connection_id uuid, relation text, mode text, filename text, media_type text, begins_file boolean DEFAULT true)
RETURNS jsonb LANGUAGE plpgsql
VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_connection CONSTANT data.connections := data.receiving_connection(begin_upload.connection_id, 'write');
    v_name       CONSTANT text := nullif(regexp_replace(begin_upload.filename, '^.*[/\\]', ''), '');
    v_relation   CONSTANT text := COALESCE(begin_upload.relation, regexp_replace(v_name, '(?<=.)\.[^.]*$', ''));
    v_type       CONSTANT text := COALESCE(nullif(lower(btrim(split_part(begin_upload.media_type, ';', 1))), ''), 'application/octet-stream');
BEGIN
    PERFORM api.invalid(
        CASE WHEN v_relation IS NULL THEN
            ('relation', 'required', 'Name the relation that the file becomes.')::api.fault
        WHEN char_length(v_relation) NOT BETWEEN 1 AND 120 OR v_relation ~ '[[:cntrl:]]' THEN
            ('relation', 'invalid_value', 'The name of a relation has 1 to 120 characters.')::api.fault END,
        CASE WHEN COALESCE(begin_upload.mode, '') NOT IN ('replace', 'append') THEN
            ('mode', 'invalid_value', 'Use replace or append.')::api.fault END,
        CASE WHEN char_length(v_name) > 255 OR v_name ~ '[[:cntrl:]]' THEN
            ('filename', 'invalid_value', 'The name of a file has 1 to 255 characters.')::api.fault END,
        CASE WHEN char_length(v_type) > 255 OR v_type NOT IN (
            'text/csv', 'text/plain', 'text/tab-separated-values', 'application/csv', 'application/vnd.ms-excel',
            'application/json', 'application/x-ndjson', 'application/jsonl', 'application/octet-stream')
        THEN
            ('content-type', 'invalid_value', 'Send text/csv, application/json, application/x-ndjson or application/octet-stream.')::api.fault
        END);
    RETURN jsonb_build_object(
        'file_id', CASE WHEN begin_upload.begins_file THEN core.begin_file(COALESCE(v_name, v_relation), v_type) END,
        'connection_id', v_connection.connection_id,
        'relation', v_relation, 'mode', begin_upload.mode, 'name', COALESCE(v_name, v_relation), 'media_type', v_type);
END;
$$;
COMMENT ON FUNCTION data.begin_upload(uuid, text, text, text, text, boolean) IS
    'Makes ready to receive a file that becomes the rows of a relation.';
GRANT EXECUTE ON FUNCTION data.begin_upload(uuid, text, text, text, text, boolean) TO member, worker;
