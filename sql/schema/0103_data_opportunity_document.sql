-- An opportunity's JSON, built once when the opportunity is written, as an account's is.
--
-- Role:    nobody; part of data.opportunities
CREATE FUNCTION data.opportunity_document(
    opportunity_id text, account_id text, name text, stage text, amount numeric, currency text, close_date date,
    owner_id text, probability numeric, extras jsonb, source_system text, source_connection_id uuid,
    created_at timestamptz, updated_at timestamptz, synced_at timestamptz)
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER SET search_path = ''
AS $$
BEGIN
    RETURN row_to_json(d)
    FROM (
        SELECT
            opportunity_document.opportunity_id,
            opportunity_document.account_id,
            opportunity_document.name,
            opportunity_document.stage,
            opportunity_document.amount,
            opportunity_document.currency,
            to_char(opportunity_document.close_date::timestamp, 'YYYY-MM-DD') AS close_date,
            opportunity_document.owner_id,
            opportunity_document.probability,
            opportunity_document.extras,
            opportunity_document.source_system,
            opportunity_document.source_connection_id,
            to_char(opportunity_document.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
            to_char(opportunity_document.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at,
            to_char(opportunity_document.synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS synced_at
    ) AS d;
END;
$$;
COMMENT ON FUNCTION data.opportunity_document(
    text, text, text, text, numeric, text, date, text, numeric, jsonb, text, uuid, timestamptz, timestamptz,
    timestamptz) IS 'An opportunity as lists show it.';
