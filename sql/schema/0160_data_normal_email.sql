-- The form in which two e-mail addresses are compared: without white space around it, in small letters. Nothing else is
-- done: dots, tags behind a plus sign and providers' aliases mean what each provider says, so they are left alone. What
-- has nothing before or behind an @ ("n/a", "none") is no address, and neither is what has more than 320 characters;
-- such contacts match nobody.
--
-- Role:    nobody; part of data.contacts
-- Returns: NULL if it is no address
CREATE FUNCTION data.normal_email(email text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN char_length(normal_email.email) <= 1000
        AND btrim(normal_email.email, E' \t\n\r\f\u000B\u00A0') LIKE '_%@_%'
        AND char_length(btrim(normal_email.email, E' \t\n\r\f\u000B\u00A0')) <= 320
    THEN lower(btrim(normal_email.email, E' \t\n\r\f\u000B\u00A0'))
END;
COMMENT ON FUNCTION data.normal_email(text) IS 'The form in which two e-mail addresses are compared.';
GRANT EXECUTE ON FUNCTION data.normal_email(text) TO member, worker;
