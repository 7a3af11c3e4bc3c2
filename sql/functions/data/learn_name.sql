-- Requires: functions/data/name_phrase.sql
-- Remembers what a person of the tenant said about a name: that it is a field, or that it is not.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.learn_name(entity text, field text, vendor_field text, is_right boolean)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO data.tenant_synonyms AS s (tenant_id, entity, field, phrase, accepted_count, rejected_count)
    SELECT
        auth.tenant_id(), learn_name.entity, learn_name.field, p.phrase, learn_name.is_right::int,
        (NOT learn_name.is_right)::int
    FROM (SELECT data.name_phrase(learn_name.vendor_field) AS phrase) AS p
    WHERE p.phrase <> ''
    ON CONFLICT ON CONSTRAINT tenant_synonyms_pkey DO UPDATE
    SET accepted_count = s.accepted_count + EXCLUDED.accepted_count,
        rejected_count = s.rejected_count + EXCLUDED.rejected_count, updated_at = now();
END;
COMMENT ON FUNCTION data.learn_name(text, text, text, boolean) IS 'Remembers what a person of the tenant said about a name.';
