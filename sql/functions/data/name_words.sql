-- The words of a field's name, in small letters: of camelCase, snake_case and kebab-case, without the suffix __c that
-- marks a tenant's own fields.
--
-- Role:    pgserver_owner
-- Returns: such as "annual revenue" for AnnualRevenue__c
CREATE OR REPLACE FUNCTION data.name_words(name text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN btrim(lower(regexp_replace(regexp_replace(
    regexp_replace(name_words.name, '__c$', ''), '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^[:alnum:]]+', ' ', 'g')));
COMMENT ON FUNCTION data.name_words(text) IS 'The words of a field''s name, in small letters.';
