-- Refuses a connection that leads where a tenant must not reach: private, loopback, link-local and other special
-- networks, and host names, which may resolve to anything, unless the operator allowed them.
--
-- Role:    pgserver_owner
-- Returns: only if the address may be reached
-- Errors:  PT422 address_not_allowed  422  the address is not public and the settings do not name it
CREATE OR REPLACE FUNCTION data.check_egress(host text, port int, database text)
RETURNS void LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_special  CONSTANT inet[] := ARRAY[
        '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
        '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24',
        '224.0.0.0/4', '240.0.0.0/4'
    ];
    v_global   CONSTANT inet   := '2000::/3';
    -- Teredo, documentation and 6to4: each can carry or hide another address.
    v_special6 CONSTANT inet[] := ARRAY['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
    v_is_ipv4  CONSTANT boolean := check_egress.host ~ '^\d{1,3}(\.\d{1,3}){3}$';
    v_is_ipv6  CONSTANT boolean := check_egress.host ~ '^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(\d{1,3}(\.\d{1,3}){3})?$';
    v_address  inet;
    v_network  text;
    v_with_port CONSTANT text := format(
        CASE WHEN v_is_ipv6 THEN '[%s]:%s' ELSE '%s:%s' END, lower(check_egress.host), check_egress.port);
BEGIN
    IF lower(check_egress.host) !~ '^[0-9a-z]([0-9a-z.-]*[0-9a-z])?$' AND NOT v_is_ipv6 THEN
        PERFORM api.fail('address_not_allowed', 'The host is neither an address nor a host name.', 422, 'host');
    END IF;
    IF ARRAY[lower(check_egress.host), v_with_port, v_with_port || '/' || check_egress.database]
        && regexp_split_to_array(COALESCE(core.setting('data.allowed_hosts'), ''), '\s*,\s*')
    THEN
        RETURN;
    END IF;
    IF v_is_ipv4 OR v_is_ipv6 THEN
        BEGIN
            v_address := host(check_egress.host::inet)::inet;
        EXCEPTION WHEN invalid_text_representation THEN
            PERFORM api.fail('address_not_allowed', 'The host is not a valid address.', 422, 'host');
        END;
        FOREACH v_network IN ARRAY regexp_split_to_array(COALESCE(core.setting('data.allowed_networks'), ''), '\s*,\s*')
        LOOP
            IF v_network <> '' AND v_address <<= v_network::inet THEN
                RETURN;
            END IF;
        END LOOP;
        IF family(v_address) = 4 AND NOT v_address <<= ANY (v_special)
            OR family(v_address) = 6 AND v_address <<= v_global AND NOT v_address <<= ANY (v_special6)
        THEN
            RETURN;
        END IF;
    END IF;
    PERFORM api.fail(
        'address_not_allowed', 'This server may not connect to that host.', 422, 'host',
        'Use a public address, or ask the operator to allow the host.');
END;
$$;
COMMENT ON FUNCTION data.check_egress(text, int, text) IS 'Refuses a connection that leads where a tenant must not reach.';
