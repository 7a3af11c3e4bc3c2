-- What a word says, yes or no.
--
-- Role:    pgserver_owner
-- Returns: true or false, as text; NULL if it says neither
CREATE OR REPLACE FUNCTION data.boolean_word(word text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN lower(btrim(boolean_word.word)) IN ('t', 'true', 'y', 'yes', 'on', '1') THEN 'true'
    WHEN lower(btrim(boolean_word.word)) IN ('f', 'false', 'n', 'no', 'off', '0') THEN 'false'
END;
COMMENT ON FUNCTION data.boolean_word(text) IS 'What a word says, yes or no.';
