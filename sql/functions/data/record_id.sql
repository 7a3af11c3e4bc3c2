-- The id of the record that a source's row becomes. It follows from the row alone, so a deal can name its company
-- before the company has been read, and a connection that is read anew gives the same ids.
--
-- Role:    pgserver_owner
-- Returns: such as ACC-1F0C9A63D2B47E58; NULL if the key is NULL
CREATE OR REPLACE FUNCTION data.record_id(id_prefix text, connection_id uuid, entity text, source_key text)
RETURNS text LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN record_id.id_prefix || '-' || upper(left(
    encode(sha256(convert_to(
        record_id.connection_id || ':' || record_id.entity || ':' || record_id.source_key, 'UTF8')), 'hex'),
    16));
COMMENT ON FUNCTION data.record_id(text, uuid, text, text) IS 'The id of the record that a source''s row becomes.';
