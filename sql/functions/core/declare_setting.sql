-- Requires: functions/core/declaring_file.sql
-- Declares a setting. An operator's value survives.
--
-- Role:    pgserver_owner
-- Errors:  23514 settings_default_value_check  the default does not fit the type
CREATE OR REPLACE FUNCTION core.declare_setting(
    name text, environment text, type core.setting_type, default_value text, description text,
    is_kill_switch boolean DEFAULT false)
RETURNS void LANGUAGE sql
VOLATILE PARALLEL UNSAFE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO core.settings (
        name, environment, type, default_value, is_kill_switch, description, declared_in, declared_xid)
    VALUES (
        declare_setting.name, declare_setting.environment, declare_setting.type, declare_setting.default_value,
        declare_setting.is_kill_switch, declare_setting.description, core.declaring_file(), pg_current_xact_id())
    ON CONFLICT ON CONSTRAINT settings_pkey DO UPDATE SET
        environment = EXCLUDED.environment, type = EXCLUDED.type, default_value = EXCLUDED.default_value,
        is_kill_switch = EXCLUDED.is_kill_switch, description = EXCLUDED.description,
        declared_in = EXCLUDED.declared_in, declared_xid = EXCLUDED.declared_xid;
END;
COMMENT ON FUNCTION core.declare_setting(text, text, core.setting_type, text, text, boolean) IS 'Declares a setting.';
