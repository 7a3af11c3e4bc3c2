-- A file that is being sent in parts, as AutonomOS shows it.
--
-- Role:    member
-- Returns: {upload_id, relation, filename, mode, size, received_bytes, parts: [{part_no, size_bytes, sha256}], created_at}
CREATE OR REPLACE FUNCTION autonomos.upload_document(file data.source_files)
RETURNS json LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'upload_id', file.file_id, 'relation', file.relation, 'filename', file.name, 'mode', file.mode,
            'size', file.size_bytes, 'received_bytes', COALESCE(sum(p.size_bytes), 0),
            'parts', COALESCE(json_agg(json_build_object(
                'part_no', p.part_no, 'size_bytes', p.size_bytes, 'sha256', encode(p.sha256, 'hex'))
                ORDER BY p.part_no) FILTER (WHERE p.part_no IS NOT NULL), '[]'),
            'created_at', core.rfc3339(file.created_at))
        FROM (SELECT) AS one
        LEFT JOIN data.source_file_parts AS p ON p.tenant_id = file.tenant_id AND p.file_id = file.file_id);
END;
$$;
COMMENT ON FUNCTION autonomos.upload_document(data.source_files) IS 'A file that is being sent in parts.';
GRANT EXECUTE ON FUNCTION autonomos.upload_document(data.source_files) TO member;
