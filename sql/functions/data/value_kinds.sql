-- What sampled values of a column look like. A kind is named if at least four in five of the values that are not empty
-- are of it; of few values it is the same.
--
-- Role:    pgserver_owner
-- Takes:   sample: an array of values, or one value; NULL for none
-- Returns: any of email, phone, currency, number, money, percent, fraction (numbers up to 1), hundred (numbers up to 100,
--          some above 1), boolean, date, date_dmy, date_mdy, date_slash (cannot be told from those two), date_dots,
--          date_digits, timestamp; padded if one begins or ends with space; NULL without a value
CREATE OR REPLACE FUNCTION data.value_kinds(sample jsonb)
RETURNS text[] LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_value_count_max  CONSTANT int := 200;
    v_value_length_max CONSTANT int := 200;
    v_share_min        CONSTANT numeric := 0.8;
    v_currencies       CONSTANT text[] := ARRAY[
        'USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'NZD', 'CNY', 'HKD', 'SGD', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK',
        'HUF', 'RON', 'BGN', 'TRY', 'ILS', 'INR', 'IDR', 'KRW', 'MYR', 'PHP', 'THB', 'TWD', 'VND', 'BRL', 'MXN', 'ARS',
        'CLP', 'COP', 'PEN', 'ZAR', 'EGP', 'NGN', 'KES', 'AED', 'SAR', 'QAR', 'UAH', 'ISK'
    ];
    v_number CONSTANT text := '^[+-]?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})$';
    v_values text[];
    v_kinds  text[];
BEGIN
    SELECT array_agg(left(btrim(v.value), v_value_length_max))
    INTO v_values
    FROM (
        SELECT e.value
        FROM jsonb_array_elements_text(
            CASE jsonb_typeof(value_kinds.sample) WHEN 'array' THEN value_kinds.sample
                ELSE jsonb_build_array(value_kinds.sample) END) AS e (value)
        LIMIT v_value_count_max
    ) AS v
    WHERE btrim(v.value) <> '';
    IF v_values IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(k.kind)
    INTO v_kinds
    FROM (
        SELECT k.kind, avg(k.is_kind::int) AS share
        FROM unnest(v_values) AS v (value)
        CROSS JOIN LATERAL (VALUES
            ('email',       v.value ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
            ('phone',       v.value ~ '^(\+|00|\()?[\d][\d\s()./-]{5,18}(\s*(x|ext\.?)\s*\d{1,6})?$'
                                AND v.value ~ '[^\d.]' AND v.value !~ '^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}'),
            ('currency',    v.value = ANY (v_currencies)),
            ('number',      replace(v.value, ',', '') ~ v_number AND v.value !~ ',\d{1,2}$'),
            ('money',       v.value ~ '^-?\(?-?([A-Z]{3}|[$€£¥])?\s?[+-]?[\d.,'']*\d\s?([A-Z]{3}|[$€£¥])?\)?$'),
            ('percent',     v.value ~ '^[+-]?\d+(\.\d+)?\s?%$'),
            ('fraction',    CASE WHEN v.value ~ v_number THEN v.value::numeric BETWEEN 0 AND 1 ELSE false END),
            ('hundred',     CASE WHEN v.value ~ v_number THEN v.value::numeric BETWEEN 0 AND 100 ELSE false END),
            ('boolean',     lower(v.value) IN ('t', 'true', 'y', 'yes', 'f', 'false', 'n', 'no')),
            ('date',        v.value ~ '^\d{4}-\d{2}-\d{2}$'),
            ('date_slash',  v.value ~ '^\d{1,2}/\d{1,2}/\d{4}$'),
            ('date_dots',   v.value ~ '^\d{1,2}\.\d{1,2}\.\d{4}$'),
            ('date_digits', v.value ~ '^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$'),
            ('timestamp',   v.value ~ '^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}')
        ) AS k (kind, is_kind)
        GROUP BY k.kind
    ) AS k
    WHERE k.share >= v_share_min;
    v_kinds := COALESCE(v_kinds, '{}');
    IF jsonb_path_exists(value_kinds.sample, '$[*] ? (@ like_regex "^\\s|\\s$")') THEN
        v_kinds := v_kinds || 'padded'::text;
    END IF;
    IF 'date_slash' = ANY (v_kinds) THEN
        v_kinds := array_replace(v_kinds, 'date_slash', COALESCE((
            SELECT CASE
                WHEN bool_or(d.parts[1]::int > 12) AND NOT bool_or(d.parts[2]::int > 12) THEN 'date_dmy'
                WHEN bool_or(d.parts[2]::int > 12) AND NOT bool_or(d.parts[1]::int > 12) THEN 'date_mdy'
            END
            FROM unnest(v_values) AS v (value)
            CROSS JOIN LATERAL regexp_match(v.value, '^(\d{1,2})/(\d{1,2})/\d{4}$') AS d (parts)), 'date_slash'));
    END IF;
    IF 'fraction' = ANY (v_kinds) THEN
        v_kinds := array_remove(v_kinds, 'hundred');
    END IF;
    RETURN v_kinds;
END;
$$;
COMMENT ON FUNCTION data.value_kinds(jsonb) IS 'What sampled values of a column look like.';
