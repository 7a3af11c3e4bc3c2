-- An account's JSON, built once when the account is written: lists are read far more often, and building it costs them
-- more than everything else together. to_char is STABLE only for the sake of formats that depend on the locale.
--
-- Role:    nobody; part of data.accounts
CREATE FUNCTION data.account_document(
    account_id text, name text, type text, industry text, owner_id text, status text, external_ids jsonb, extras jsonb,
    source_system text, source_connection_id uuid, created_at timestamptz, updated_at timestamptz,
    synced_at timestamptz)
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            account_document.account_id,
            account_document.name,
            account_document.type,
            account_document.industry,
            account_document.owner_id,
            account_document.status,
            account_document.external_ids,
            account_document.extras,
            account_document.source_system,
            account_document.source_connection_id,
            to_char(account_document.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(account_document.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(account_document.synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS synced_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION data.account_document(
    text, text, text, text, text, text, jsonb, jsonb, text, uuid, timestamptz, timestamptz, timestamptz) IS
    'An account as lists show it.';
