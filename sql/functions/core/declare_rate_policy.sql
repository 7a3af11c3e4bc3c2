-- Requires: functions/core/declaring_file.sql
-- Declares how many requests a class of a dialect's routes takes. Without a selector it holds for whoever no
-- selecting policy fits.
--
-- Role:    pgserver_owner
-- Errors:  23514 rate_policies_*  a number out of its range
CREATE OR REPLACE FUNCTION core.declare_rate_policy(
    dialect text, rate_class text, subject text, kind core.rate_kind, limit_count integer, window_seconds integer,
    burst integer, selector_claim text DEFAULT NULL, selector_value text DEFAULT NULL)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO core.rate_policies (
        dialect, rate_class, subject, kind, limit_count, window_seconds, burst, selector_claim, selector_value,
        declared_in, declared_xid)
    VALUES (
        declare_rate_policy.dialect, declare_rate_policy.rate_class, declare_rate_policy.subject,
        declare_rate_policy.kind, declare_rate_policy.limit_count, declare_rate_policy.window_seconds,
        declare_rate_policy.burst, declare_rate_policy.selector_claim, declare_rate_policy.selector_value,
        core.declaring_file(), pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT rate_policies_key DO UPDATE SET
        subject = EXCLUDED.subject, kind = EXCLUDED.kind, limit_count = EXCLUDED.limit_count,
        window_seconds = EXCLUDED.window_seconds, burst = EXCLUDED.burst,
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION core.declare_rate_policy(text, text, text, core.rate_kind, integer, integer, integer, text, text)
    IS 'Declares how many requests a class of a dialect''s routes takes.';
