-- Reads one field of a cron expression: *, a number, a name, a range of them, each with a step, or a list of these.
--
-- A name stands for the number at its place among names, counted from number_min. Where a week's days are meant, 7 is
-- Sunday as 0 is, and so is sun at the end of a range.
--
-- Role:    pgserver_owner
-- Returns: the numbers, in order; or, in fault, what is wrong and with which part
CREATE OR REPLACE FUNCTION work.cron_field(
    field text, title text, number_min integer, number_max integer, names text[], OUT numbers integer[], OUT fault text)
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_sunday CONSTANT integer := 7;
    v_is_week CONSTANT boolean := cron_field.number_max = v_sunday;
    v_part   text;
    v_match  text[];
    v_bound  text;
    v_bounds integer[];
    v_number integer;
    v_step   integer;
BEGIN
    numbers := '{}';
    FOREACH v_part IN ARRAY string_to_array(lower(cron_field.field), ',') LOOP
        v_match := regexp_match(v_part, '^(\*|[0-9]+|[a-z]+)(?:-([0-9]+|[a-z]+))?(?:/([0-9]+))?$');
        IF v_match IS NULL OR (v_match[1] = '*' AND v_match[2] IS NOT NULL) THEN
            fault := format(CASE v_part WHEN '' THEN 'a part of the list is empty'
                ELSE 'cannot read "%s": a part is *, a number, a name or a range such as 1-5, and may end with a step such as /2'
                END, left(v_part, 40));
            EXIT;
        END IF;
        v_bounds := CASE WHEN v_match[1] = '*'
            THEN ARRAY[cron_field.number_min, cron_field.number_max - v_is_week::integer] ELSE '{}' END;
        FOREACH v_bound IN ARRAY CASE WHEN v_match[1] = '*' THEN '{}' ELSE array_remove(v_match[:2], NULL) END LOOP
            IF v_bound ~ '^[0-9]' THEN
                v_number := CASE WHEN char_length(ltrim(v_bound, '0')) <= 4 THEN ('0' || ltrim(v_bound, '0'))::integer END;
                IF v_number IS NULL OR v_number NOT BETWEEN cron_field.number_min AND cron_field.number_max THEN
                    fault := format('%s is out of range, which is %s to %s',
                        left(v_bound, 40), cron_field.number_min, cron_field.number_max);
                END IF;
            ELSE
                v_number := cron_field.number_min - 1 + array_position(cron_field.names, v_bound);
                IF v_number IS NULL THEN
                    fault := CASE WHEN cron_field.names IS NULL THEN format('"%s" is no number', left(v_bound, 40))
                        ELSE format('"%s" is neither a number nor one of the names %s', left(v_bound, 40), array_to_string(cron_field.names, ', '))
                        END;
                ELSIF v_is_week AND v_number = 0 AND v_bounds <> '{}' THEN
                    v_number := v_sunday;
                END IF;
            END IF;
            EXIT WHEN fault IS NOT NULL;
            v_bounds := v_bounds || v_number;
        END LOOP;
        EXIT WHEN fault IS NOT NULL;
        IF cardinality(v_bounds) = 1 THEN
            -- A step after a single number goes on to the end.
            v_bounds := v_bounds || CASE WHEN v_match[3] IS NULL THEN v_bounds[1]
                ELSE cron_field.number_max - v_is_week::integer END;
        END IF;
        v_step := CASE WHEN v_match[3] IS NULL THEN 1
            WHEN char_length(ltrim(v_match[3], '0')) <= 4 THEN ('0' || ltrim(v_match[3], '0'))::integer END;
        fault := CASE
            WHEN v_bounds[1] > v_bounds[2] THEN format('the range %s ends before it begins', split_part(v_part, '/', 1))
            WHEN v_step = 0 THEN format('the step of %s is 0', v_part)
            WHEN v_step IS NULL OR v_step > GREATEST(v_bounds[2] - v_bounds[1], 1) THEN
                format('the step of %s is longer than its range', left(v_part, 40))
            END;
        EXIT WHEN fault IS NOT NULL;
        numbers := numbers || ARRAY(
            SELECT CASE WHEN v_is_week AND n = v_sunday THEN 0 ELSE n END FROM generate_series(v_bounds[1], v_bounds[2], v_step) AS n);
    END LOOP;
    IF fault IS NOT NULL THEN
        numbers := NULL;
        fault := format('%s: %s.', cron_field.title, fault);
    ELSE
        numbers := ARRAY(SELECT DISTINCT n FROM unnest(numbers) AS n ORDER BY n);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.cron_field(text, text, integer, integer, text[]) IS 'Reads one field of a cron expression.';
