-- Turns a value of a source into one of a canonical field. Never raises: what cannot be turned is a fault, and the
-- rest of its batch goes on.
--
-- Role:    pgserver_owner
-- Returns: result, the text of the value, castable to the data type; or fault, a code. Empty text counts as NULL.
--          steps is NULL or an array of names and maps: trim, lowercase, uppercase, number (1,234.5), integer,
--          currency ($1,234.50; 1.234,50 EUR), percent (45% is 0.45), date, timestamp, boolean; a map such as
--          {"a": "b"} replaces what it names, and with "*" all the rest.
CREATE OR REPLACE FUNCTION data.coerce(value text, steps jsonb, data_type text, OUT result text, OUT fault text)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER SET datestyle = 'ISO, MDY' SET timezone = 'UTC'
AS $$
DECLARE
    v_number_pattern CONSTANT text := '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$';
    v_money_pattern  CONSTANT text :=
        '^(-?\(?-?)(?:[A-Z]{3}|[$€£¥])?([+-]?[\d.,'']*\d)(?:[A-Z]{3}|[$€£¥])?\)?$';
    v_fraction_digits CONSTANT int := 6;
    v_number_end      CONSTANT numeric := 1e15;
    v_step   jsonb;
    v_name   text;
    v_match  text[];
    v_number numeric;
    v_time   timestamptz;
BEGIN
    result := nullif(coerce.value, '');
    FOR v_index IN 0 .. COALESCE(jsonb_array_length(coerce.steps), 0) - 1
    LOOP
        EXIT WHEN result IS NULL;
        v_step := coerce.steps -> v_index;
        IF jsonb_typeof(v_step) = 'object' THEN
            result := COALESCE(v_step ->> result, v_step ->> '*', result);
            CONTINUE;
        END IF;
        v_name := v_step #>> '{}';
        CASE v_name
            WHEN 'trim' THEN
                result := nullif(regexp_replace(result, '^\s+|\s+$', '', 'g'), '');
            WHEN 'lowercase' THEN
                result := lower(result);
            WHEN 'uppercase' THEN
                result := upper(result);
            WHEN 'number', 'integer', 'percent' THEN
                result := regexp_replace(result, '\s', '', 'g');
                IF v_name = 'percent' THEN
                    result := rtrim(result, '%');
                END IF;
                IF result ~ '^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$' THEN
                    result := replace(result, ',', '');
                END IF;
                IF result !~ v_number_pattern THEN
                    fault := 'not_a_number';
                ELSIF v_name = 'percent' THEN
                    result := trim_scale(result::numeric / 100)::text;
                ELSIF v_name = 'integer' THEN
                    v_number := result::numeric;
                    result := trunc(v_number)::text;
                    IF v_number <> trunc(v_number) THEN
                        fault := 'not_an_integer';
                    END IF;
                END IF;
            WHEN 'currency' THEN
                v_match := regexp_match(regexp_replace(result, '\s', '', 'g'), v_money_pattern);
                IF v_match IS NULL THEN
                    fault := 'not_a_number';
                ELSE
                    result := replace(v_match[2], '''', '');
                    -- The last of two kinds of separator is the decimal one; a lone comma before three digits is not.
                    result := CASE
                        WHEN result ~ ',.*\.' THEN replace(result, ',', '')
                        WHEN result ~ '\..*,' THEN replace(replace(result, '.', ''), ',', '.')
                        WHEN result ~ '^[+-]?\d{1,3}(,\d{3})+$' THEN replace(result, ',', '')
                        WHEN result ~ '^[+-]?\d{1,3}(\.\d{3}){2,}$' THEN replace(result, '.', '')
                        ELSE replace(result, ',', '.')
                    END;
                    IF result !~ v_number_pattern THEN
                        fault := 'not_a_number';
                    ELSIF v_match[1] <> '' THEN
                        result := (-abs(result::numeric))::text;
                    END IF;
                END IF;
            WHEN 'boolean' THEN
                result := CASE
                    WHEN lower(btrim(result)) IN ('t', 'true', 'y', 'yes', 'on', '1') THEN 'true'
                    WHEN lower(btrim(result)) IN ('f', 'false', 'n', 'no', 'off', '0') THEN 'false'
                END;
                IF result IS NULL THEN
                    fault := 'not_a_boolean';
                END IF;
            WHEN 'date', 'timestamp' THEN
                BEGIN
                    v_time := result::timestamptz;
                    result := CASE v_name WHEN 'date' THEN v_time::date::text ELSE v_time::text END;
                EXCEPTION WHEN data_exception THEN
                    fault := 'not_a_date';
                END;
            ELSE
                fault := 'unknown_coercion';
        END CASE;
        EXIT WHEN fault IS NOT NULL;
    END LOOP;

    IF fault IS NULL AND result IS NOT NULL THEN
        CASE coerce.data_type
            WHEN 'numeric', 'fraction' THEN
                IF result !~ v_number_pattern THEN
                    fault := 'not_a_number';
                ELSE
                    v_number := trim_scale(round(result::numeric, v_fraction_digits));
                    IF abs(v_number) >= v_number_end
                        OR coerce.data_type = 'fraction' AND v_number NOT BETWEEN 0 AND 1
                    THEN
                        fault := 'out_of_range';
                    END IF;
                    result := CASE scale(v_number) WHEN 0 THEN round(v_number, 1) ELSE v_number END::text;
                END IF;
            WHEN 'date', 'timestamptz' THEN
                BEGIN
                    -- Words such as today mean another day at each sync.
                    IF result !~ '^\d' THEN
                        fault := 'not_a_date';
                    ELSE
                        v_time := result::timestamptz;
                        IF extract(year FROM v_time) NOT BETWEEN 1 AND 9999 THEN
                            fault := 'out_of_range';
                        END IF;
                        result := CASE coerce.data_type WHEN 'date' THEN v_time::date::text ELSE v_time::text END;
                    END IF;
                EXCEPTION WHEN data_exception THEN
                    fault := 'not_a_date';
                END;
            ELSE
                NULL;
        END CASE;
    END IF;
    IF fault IS NOT NULL THEN
        result := NULL;
    END IF;
END;
$$;
COMMENT ON FUNCTION data.coerce(text, jsonb, text) IS 'Turns a value of a source into one of a canonical field, or names what is wrong.';
