-- What is wrong with a set of resolved settings. The server does not start while there is anything.
--
-- Role:    pgserver
-- Definer: lends the server the reading of the catalog
-- Returns: a sentence for each fault
CREATE OR REPLACE FUNCTION api.settings_faults(settings json)
RETURNS SETOF text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_bcrypt_cost_min            CONSTANT bigint  := 4;
    v_bcrypt_cost_min_production CONSTANT bigint  := 10;
    v_bcrypt_cost_max            CONSTANT bigint  := 16;
    v_seconds_min                CONSTANT bigint  := 60;
    v_seconds_max                CONSTANT bigint  := 31536000;
    v_bcrypt_cost_least          bigint;
    v_in_production              boolean;
    v_setting                    record;
BEGIN
    v_in_production := EXISTS (
        SELECT FROM core.settings AS s
        WHERE s.environment IN ('PGSERVER_ENV', 'AUTOPACK_ENV')
          AND lower(COALESCE(settings_faults.settings ->> s.name, s.value, s.default_value)) = 'production');
    v_bcrypt_cost_least := CASE
        WHEN v_in_production THEN v_bcrypt_cost_min_production ELSE v_bcrypt_cost_min END;

    FOR v_setting IN
        SELECT
            s.name, s.environment, s.type, d.title,
            COALESCE(settings_faults.settings ->> s.name, s.value, s.default_value) AS value
        FROM core.settings AS s
        LEFT JOIN api.dialects AS d ON d.auth_setting = s.name
        ORDER BY s.name
    LOOP
        IF v_setting.type = 'boolean'
            AND lower(v_setting.value) NOT IN ('true', 'false', '1', '0', 'on', 'off', 'yes', 'no') THEN
            RETURN NEXT format('%s must be true or false.', v_setting.environment);
            CONTINUE;
        ELSIF v_setting.type = 'integer' AND v_setting.value !~ '^-?[0-9]{1,18}$' THEN
            RETURN NEXT format('%s must be a whole number.', v_setting.environment);
            CONTINUE;
        END IF;
        IF v_setting.title IS NOT NULL AND v_in_production AND NOT v_setting.value::boolean THEN
            RETURN NEXT format(
                '%s opens %s to everybody, which is not allowed in production.', v_setting.environment, v_setting.title);
        END IF;
        IF v_setting.name = 'auth.bcrypt_cost'
            AND v_setting.value::bigint NOT BETWEEN v_bcrypt_cost_least AND v_bcrypt_cost_max THEN
            RETURN NEXT format(
                '%s must be %s to %s.', v_setting.environment, v_bcrypt_cost_least, v_bcrypt_cost_max);
        END IF;
        IF v_setting.name LIKE 'auth.%\_seconds'
            AND v_setting.value::bigint NOT BETWEEN v_seconds_min AND v_seconds_max THEN
            RETURN NEXT format('%s must be %s to %s.', v_setting.environment, v_seconds_min, v_seconds_max);
        END IF;
    END LOOP;
    RETURN QUERY
    SELECT format('%s is no setting.', k.name)
    FROM json_object_keys(settings_faults.settings) AS k (name)
    WHERE NOT EXISTS (SELECT FROM core.settings AS s WHERE s.name = k.name);
END;
$$;
COMMENT ON FUNCTION api.settings_faults(json) IS 'What is wrong with a set of resolved settings.';
GRANT EXECUTE ON FUNCTION api.settings_faults(json) TO pgserver;
