-- A name as a phrase of plain words: what Account_Name__c, accountName, acct_nm and ACCOUNTNAME have in common, which is
-- "account name". Marks of a vendor (hs_, __c, _…_value), numbers of a first one (telephone1) and plurals are taken away,
-- abbreviations written out, and words without gaps cut by data.words into as few as possible.
--
-- Role:    member, worker
-- Returns: the phrase; '' for a name without a letter or digit
CREATE OR REPLACE FUNCTION data.name_phrase(name text)
RETURNS text LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_prefixes CONSTANT text[] := ARRAY[
        'hs', 'hubspot', 'sf', 'sfdc', 'salesforce', 'new', 'msdyn', 'zuora', 'stripe', 'crm', 'cf', 'x', 'u', 'custom'
    ];
    v_name_length_max CONSTANT int := 120;
    v_cut_length_min  CONSTANT int := 6;
    v_cut_words_max   CONSTANT int := 6;
    v_name   text := left(name_phrase.name, v_name_length_max);
    v_tokens text[];
    v_words  text[] := '{}';
    v_token  text;
    v_word   text;
BEGIN
    v_name := regexp_replace(v_name, '^_(.+)_value$', '\1', 'i');
    v_name := regexp_replace(v_name, '__(c|r|pc|x|e)$', '', 'i');
    v_name := regexp_replace(v_name, '^[A-Za-z0-9]+__', '');
    v_name := regexp_replace(v_name, '^(properties|property|fields|attributes|custom_fields)[._]+', '', 'i');
    v_name := regexp_replace(v_name, '([a-z0-9])([A-Z])', '\1 \2', 'g');
    v_name := regexp_replace(v_name, '([A-Z]+)([A-Z][a-z])', '\1 \2', 'g');
    v_name := regexp_replace(lower(v_name), '[^[:alnum:]]+', ' ', 'g');
    v_name := regexp_replace(v_name, '([[:alpha:]])([0-9])', '\1 \2', 'g');
    v_tokens := regexp_split_to_array(btrim(v_name), ' +');
    WHILE cardinality(v_tokens) > 1 AND v_tokens[1] = ANY (v_prefixes) LOOP
        v_tokens := v_tokens[2:];
    END LOOP;
    IF cardinality(v_tokens) > 1 AND v_tokens[cardinality(v_tokens)] = '1' THEN
        v_tokens := trim_array(v_tokens, 1);
    END IF;

    FOREACH v_token IN ARRAY v_tokens
    LOOP
        SELECT w.meaning
        INTO v_word
        FROM data.words AS w
        WHERE w.word IN (
            v_token, regexp_replace(v_token, 's$', ''), regexp_replace(v_token, 'ies$', 'y'),
            regexp_replace(v_token, '(ss|x|ch)es$', '\1'))
        ORDER BY length(w.word) DESC
        LIMIT 1;
        IF v_word IS NULL AND char_length(v_token) >= v_cut_length_min THEN
            WITH RECURSIVE cut AS (
                SELECT ''::text AS done, v_token AS rest, 0 AS word_count
                UNION ALL
                SELECT c.done || ' ' || w.meaning, substr(c.rest, length(w.word) + 1), c.word_count + 1
                FROM cut AS c
                JOIN data.words AS w ON starts_with(c.rest, w.word)
                WHERE c.word_count < v_cut_words_max
            )
            SELECT btrim(c.done) INTO v_word FROM cut AS c WHERE c.rest IN ('', 's') ORDER BY c.word_count, c.done LIMIT 1;
        END IF;
        v_words := v_words || COALESCE(
            v_word, CASE WHEN v_token ~ '[^su]s$' AND char_length(v_token) > 3 THEN left(v_token, -1) ELSE v_token END);
    END LOOP;
    RETURN array_to_string(v_words, ' ');
END;
$$;
COMMENT ON FUNCTION data.name_phrase(text) IS 'A name as a phrase of plain words.';
GRANT EXECUTE ON FUNCTION data.name_phrase(text) TO member, worker;
