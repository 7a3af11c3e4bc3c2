-- Requires: functions/data/boolean_word.sql
-- Requires: functions/data/white_space.sql
-- Turns a value of a source into one of a canonical field. Never raises: what cannot be turned is a fault, and the
-- rest of its batch goes on. data.coercion_sql() writes what is common inline and comes here for the rest.
--
-- Role:    pgserver_owner
-- Returns: result, the text of the value, castable to the data type; or fault, a code. Empty text counts as NULL.
--          steps is NULL or a list as data.coercion_steps() gives it, without concat: trim, lowercase, uppercase,
--          number (1,234.5), integer, currency ($1,234.50; 1.234,50 EUR), percent (45% is 0.45), date, timestamp,
--          boolean, dates by pattern, maps and splits.
CREATE OR REPLACE FUNCTION data.coerce(value text, steps jsonb, data_type text)
RETURNS data.coerced LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER SET datestyle = 'ISO, MDY' SET timezone = 'UTC'
AS $$
DECLARE
    v_number_pattern CONSTANT text := '^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$';
    v_money_pattern  CONSTANT text :=
        '^(-?\(?-?)(?:[A-Z]{3}|[$€£¥])?([+-]?[\d.,'']*\d)(?:[A-Z]{3}|[$€£¥])?\)?$';
    v_fraction_digits CONSTANT int := 6;
    v_number_end      CONSTANT numeric := 1e15;
    v_result text;
    v_fault  text;
    v_step   jsonb;
    v_name   text;
    v_map    jsonb;
    v_match  text[];
    v_number numeric;
    v_time   timestamptz;
BEGIN
    v_result := nullif(coerce.value, '');
    FOR v_index IN 0 .. COALESCE(jsonb_array_length(coerce.steps), 0) - 1
    LOOP
        EXIT WHEN v_result IS NULL;
        v_step := coerce.steps -> v_index;
        IF jsonb_typeof(v_step) = 'string' THEN
            v_name := v_step #>> '{}';
        ELSE
            v_name := CASE
                WHEN v_step ? 'date' OR v_step ? 'timestamp' THEN 'pattern'
                WHEN v_step ? 'split' THEN 'split'
                ELSE 'map'
            END;
        END IF;
        CASE v_name
            WHEN 'map' THEN
                v_map := COALESCE(v_step -> 'enum', v_step);
                v_result := nullif(COALESCE(v_map ->> v_result, v_map ->> '*', v_result), '');
            WHEN 'split' THEN
                v_result := nullif(split_part(
                    v_result, v_step #>> '{split,separator}', (v_step #>> '{split,part}')::int), '');
            WHEN 'trim' THEN
                v_result := nullif(btrim(v_result, data.white_space()), '');
            WHEN 'lowercase' THEN
                v_result := lower(v_result);
            WHEN 'uppercase' THEN
                v_result := upper(v_result);
            WHEN 'number', 'integer', 'percent' THEN
                v_result := regexp_replace(v_result, '\s', '', 'g');
                IF v_name = 'percent' THEN
                    v_result := rtrim(v_result, '%');
                END IF;
                IF v_result ~ '^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$' THEN
                    v_result := replace(v_result, ',', '');
                END IF;
                IF v_result !~ v_number_pattern THEN
                    v_fault := 'not_a_number';
                ELSIF v_name = 'percent' THEN
                    v_result := trim_scale(v_result::numeric / 100)::text;
                ELSIF v_name = 'integer' THEN
                    v_number := v_result::numeric;
                    v_result := trunc(v_number)::text;
                    IF v_number <> trunc(v_number) THEN
                        v_fault := 'not_an_integer';
                    END IF;
                END IF;
            WHEN 'currency' THEN
                v_match := regexp_match(regexp_replace(v_result, '\s', '', 'g'), v_money_pattern);
                IF v_match IS NULL THEN
                    v_fault := 'not_a_number';
                ELSE
                    v_result := replace(v_match[2], '''', '');
                    -- The last of two kinds of separator is the decimal one; a lone comma before three digits is not.
                    v_result := CASE
                        WHEN v_result ~ ',.*\.' THEN replace(v_result, ',', '')
                        WHEN v_result ~ '\..*,' THEN replace(replace(v_result, '.', ''), ',', '.')
                        WHEN v_result ~ '^[+-]?\d{1,3}(,\d{3})+$' THEN replace(v_result, ',', '')
                        WHEN v_result ~ '^[+-]?\d{1,3}(\.\d{3}){2,}$' THEN replace(v_result, '.', '')
                        ELSE replace(v_result, ',', '.')
                    END;
                    IF v_result !~ v_number_pattern THEN
                        v_fault := 'not_a_number';
                    ELSIF v_match[1] <> '' THEN
                        v_result := (-abs(v_result::numeric))::text;
                    END IF;
                END IF;
            WHEN 'boolean' THEN
                v_result := data.boolean_word(v_result);
                IF v_result IS NULL THEN
                    v_fault := 'not_a_boolean';
                END IF;
            WHEN 'date', 'timestamp', 'pattern' THEN
                BEGIN
                    v_time := CASE v_name
                        WHEN 'pattern' THEN to_timestamp(v_result, COALESCE(v_step ->> 'date', v_step ->> 'timestamp'))
                        ELSE v_result::timestamptz
                    END;
                    v_result := CASE WHEN v_name = 'date' OR v_step ? 'date' THEN v_time::date::text ELSE v_time::text END;
                EXCEPTION WHEN data_exception THEN
                    v_fault := 'not_a_date';
                END;
            ELSE
                v_fault := 'unknown_coercion';
        END CASE;
        EXIT WHEN v_fault IS NOT NULL;
    END LOOP;

    IF v_fault IS NULL AND v_result IS NOT NULL THEN
        CASE coerce.data_type
            WHEN 'numeric', 'fraction' THEN
                IF v_result !~ v_number_pattern THEN
                    v_fault := 'not_a_number';
                ELSE
                    v_number := trim_scale(round(v_result::numeric, v_fraction_digits));
                    IF abs(v_number) >= v_number_end
                        OR coerce.data_type = 'fraction' AND v_number NOT BETWEEN 0 AND 1
                    THEN
                        v_fault := 'out_of_range';
                    END IF;
                    v_result := CASE scale(v_number) WHEN 0 THEN round(v_number, 1) ELSE v_number END::text;
                END IF;
            WHEN 'boolean' THEN
                v_result := data.boolean_word(v_result);
                IF v_result IS NULL THEN
                    v_fault := 'not_a_boolean';
                END IF;
            WHEN 'json' THEN
                BEGIN
                    v_result := CASE WHEN v_result ~ '^\s*[\[{]' THEN v_result::jsonb ELSE to_jsonb(v_result) END::text;
                EXCEPTION WHEN data_exception THEN
                    v_result := to_jsonb(v_result)::text;
                END;
            WHEN 'date', 'timestamptz' THEN
                BEGIN
                    -- Words such as today mean another day at each sync.
                    IF v_result !~ '^\d' THEN
                        v_fault := 'not_a_date';
                    ELSE
                        v_time := v_result::timestamptz;
                        IF extract(year FROM v_time) NOT BETWEEN 1 AND 9999 THEN
                            v_fault := 'out_of_range';
                        END IF;
                        v_result := CASE coerce.data_type WHEN 'date' THEN v_time::date::text ELSE v_time::text END;
                    END IF;
                EXCEPTION WHEN data_exception THEN
                    v_fault := 'not_a_date';
                END;
            ELSE
                NULL;
        END CASE;
    END IF;
    RETURN ROW (CASE WHEN v_fault IS NULL THEN v_result END, v_fault);
END;
$$;
COMMENT ON FUNCTION data.coerce(text, jsonb, text) IS 'Turns a value of a source into one of a canonical field, or names what is wrong.';
