-- Requires: functions/data/coerce.sql
-- Writes how one value of a source becomes one of a canonical field, as expressions inside a sync's statement. A column
-- that has the right type already stays as it is, text is cast where its form is plain, and only what is left is given
-- to data.coerce().
--
-- Role:    pgserver_owner
-- Takes:   input: the expression of the value, and the type it has. helper_name: what the helper will be called.
--          is_canonical: numbers are kept with their shortest fraction of one to six digits; else as they are.
-- Returns: value; fault, NULL if nothing can go wrong; helper, an expression that both refer to by its name, or NULL.
--          All are in terms of the alias r.
CREATE OR REPLACE FUNCTION data.coercion_sql(
    input text, input_type text, steps jsonb, data_type text, is_canonical boolean, helper_name text,
    OUT value text, OUT fault text, OUT helper text)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_day   CONSTANT text := '\d{3}[1-9]-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))';
    v_clock CONSTANT text := '([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-3])(:?[0-5]\d)?)?';
    v_text  text;
    v_step  jsonb;
    v_left  jsonb := COALESCE(coercion_sql.steps, '[]');
    v_plain text;
    v_cast  text;
    v_own   text;
BEGIN
    -- Without a step: from one type to another that holds it.
    IF v_left = '[]' THEN
        CASE
            WHEN data_type IN ('numeric', 'fraction') AND input_type IN ('smallint', 'integer', 'bigint') OR
                data_type IN ('numeric', 'fraction') AND input_type ~ '^numeric'
            THEN
                v_own := input || '::numeric';
                IF NOT is_canonical THEN
                    value := v_own;
                    fault := CASE WHEN input_type ~ '^numeric' THEN format(
                        'CASE WHEN %s IN (''NaN'', ''Infinity'', ''-Infinity'') THEN ''not_a_number'' END', v_own) END;
                ELSIF input_type ~ '^numeric' THEN
                    value := format('round(round(%1$s, 6), greatest(1, min_scale(round(%1$s, 6))))', v_own);
                ELSE
                    value := format('round(%s, 1)', v_own);
                END IF;
                IF data_type = 'fraction' THEN
                    fault := format('CASE WHEN round(%1$s, 6) NOT BETWEEN 0 AND 1 THEN ''out_of_range'' END', v_own);
                ELSIF is_canonical AND input_type NOT IN ('smallint', 'integer') THEN
                    fault := format('CASE WHEN NOT abs(round(%s, 6)) < 1e15 THEN ''out_of_range'' END', v_own);
                END IF;
                IF is_canonical AND input_type ~ '^numeric' THEN
                    fault := format('CASE WHEN %s = ''NaN'' THEN ''not_a_number'' ELSE %s END', v_own, fault);
                END IF;
                RETURN;
            WHEN data_type = 'boolean' AND input_type = 'boolean' THEN
                value := input;
                RETURN;
            WHEN data_type = 'json' THEN
                IF input_type IN ('json', 'jsonb') THEN
                    value := input || '::jsonb';
                    RETURN;
                ELSIF input_type NOT IN ('text', 'real', 'double precision') THEN
                    value := format('to_jsonb(%s)', input);
                    RETURN;
                END IF;
            WHEN data_type IN ('date', 'timestamptz')
                AND input_type IN ('date', 'timestamp without time zone', 'timestamp with time zone')
            THEN
                value := CASE
                    WHEN data_type = 'date' AND input_type = 'date' OR
                        data_type = 'timestamptz' AND input_type = 'timestamp with time zone' THEN input
                    WHEN data_type = 'date' THEN format('%s::date', input)
                    ELSE format('%s::timestamptz', input)
                END;
                fault := format(
                    'CASE WHEN NOT isfinite(%1$s) THEN ''not_a_date'''
                    ' WHEN %1$s < ''0001-01-01''::date OR %1$s > ''9999-12-31''::date THEN ''out_of_range'' END', input);
                RETURN;
            ELSE
                NULL;
        END CASE;
    END IF;

    v_text := CASE
        WHEN input_type = 'text' THEN format('nullif(%s, '''')', input)
        WHEN input_type IN ('json', 'jsonb', 'date') OR input_type LIKE 'timestamp%' THEN format('to_jsonb(%s) #>> ''{}''', input)
        ELSE input || '::text'
    END;
    -- Steps that cannot fail.
    LOOP
        v_step := v_left -> 0;
        EXIT WHEN v_step IS NULL;
        IF jsonb_typeof(v_step) = 'string' THEN
            CASE v_step #>> '{}'
                WHEN 'trim' THEN v_text := format('nullif(btrim(%s, %L), '''')', v_text, data.white_space());
                WHEN 'lowercase' THEN v_text := format('lower(%s)', v_text);
                WHEN 'uppercase' THEN v_text := format('upper(%s)', v_text);
                ELSE EXIT;
            END CASE;
        ELSIF v_step ? 'date' OR v_step ? 'timestamp' THEN
            EXIT;
        ELSIF v_step ? 'split' THEN
            v_text := format(
                'nullif(split_part(%s, %L, %s), '''')', v_text, v_step #>> '{split,separator}', v_step #>> '{split,part}');
        ELSE
            EXIT WHEN v_text ~ '::jsonb';  -- the text is named twice
            v_text := format(
                'nullif(COALESCE(%1$L::jsonb ->> %2$s%3$s, %2$s), '''')', COALESCE(v_step -> 'enum', v_step), v_text,
                CASE WHEN COALESCE(v_step -> 'enum', v_step) ? '*' THEN format(
                    ', CASE WHEN %s IS NOT NULL THEN %L END', v_text, COALESCE(v_step -> 'enum', v_step) ->> '*') ELSE '' END);
        END IF;
        v_left := v_left - 0;
    END LOOP;

    IF v_left = '[]' AND data_type = 'text' THEN
        value := v_text;
        RETURN;
    END IF;
    v_cast := CASE data_type WHEN 'fraction' THEN 'numeric' WHEN 'json' THEN 'jsonb' ELSE data_type END;
    v_plain := CASE
        WHEN v_left NOT IN ('[]', CASE data_type
            WHEN 'numeric' THEN '["number"]' WHEN 'boolean' THEN '["boolean"]' WHEN 'date' THEN '["date"]'
            WHEN 'timestamptz' THEN '["timestamp"]' ELSE '[]' END::jsonb) THEN NULL
        WHEN data_type = 'numeric' AND NOT is_canonical THEN '^[+-]?\d{1,14}(\.\d{1,30})?$'
        WHEN data_type = 'numeric' THEN '^[+-]?\d{1,14}(\.\d{1,6})?$'
        WHEN data_type = 'fraction' THEN '^(0(\.\d{1,6})?|1(\.0{1,6})?)$'
        WHEN data_type = 'boolean' THEN '^(true|false|t|f)$'
        WHEN data_type = 'date' THEN '^' || v_day || '$'
        WHEN data_type = 'timestamptz' THEN '^' || v_day || '([ T]' || v_clock || ')?$'
    END;
    v_own := CASE
        WHEN data_type = 'fraction' OR data_type = 'numeric' AND is_canonical
            THEN format('round((%1$s)::numeric, greatest(1, min_scale((%1$s)::numeric)))', v_text)
        ELSE format('(%s)::%s', v_text, v_cast)
    END;
    helper := format('data.coerce(%s, %L::jsonb, %L)', v_text, nullif(v_left, '[]'), data_type);
    value := format('(r.%I).result::%s', helper_name, v_cast);
    fault := format('(r.%I).fault', helper_name);
    IF v_plain IS NOT NULL THEN
        -- A helper that is not asked is NULL, and so are the members of it.
        helper := format('CASE WHEN NOT (%s) ~ %L THEN %s END', v_text, v_plain, helper);
        value := format('CASE WHEN (%s) ~ %L THEN %s ELSE %s END', v_text, v_plain, v_own, value);
    END IF;
    IF data_type = 'numeric' AND NOT is_canonical THEN
        value := format('trim_scale(%s)', value);
    END IF;
END;
$$;
COMMENT ON FUNCTION data.coercion_sql(text, text, jsonb, text, boolean, text) IS
    'Writes how one value of a source becomes one of a canonical field, inside a sync''s statement.';
