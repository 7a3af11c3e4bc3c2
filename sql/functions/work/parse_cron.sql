-- Requires: functions/work/cron_field.sql
-- Reads a cron expression: minute, hour, day of month, month and day of week, or @hourly, @daily, @midnight, @weekly,
-- @monthly, @yearly, @annually.
--
-- Role:    pgserver_owner
-- Returns: the numbers each field allows; or, in fault, what is wrong, beginning with the name of the field
CREATE OR REPLACE FUNCTION work.parse_cron(expression text, OUT fields work.cron_fields, OUT fault text)
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_length_max CONSTANT integer := 200;
    v_field_count CONSTANT integer := 5;
    v_days_of_months CONSTANT integer[] := '{31,29,31,30,31,30,31,31,30,31,30,31}';
    v_text   text := trim(E' \t' FROM parse_cron.expression);
    v_fields text[];
    v_field  record;
    v_read   record;
BEGIN
    IF char_length(v_text) > v_length_max THEN
        fault := format('The expression is longer than %s characters.', v_length_max);
        RETURN;
    END IF;
    IF v_text LIKE '@%' THEN
        v_text := CASE lower(v_text)
            WHEN '@hourly' THEN '0 * * * *'
            WHEN '@daily' THEN '0 0 * * *'
            WHEN '@midnight' THEN '0 0 * * *'
            WHEN '@weekly' THEN '0 0 * * 0'
            WHEN '@monthly' THEN '0 0 1 * *'
            WHEN '@yearly' THEN '0 0 1 1 *'
            WHEN '@annually' THEN '0 0 1 1 *'
        END;
        IF v_text IS NULL THEN
            fault := format(
                '"%s" is none of @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually.', trim(parse_cron.expression));
            RETURN;
        END IF;
    END IF;
    v_fields := regexp_split_to_array(v_text, '[ \t]+');
    IF v_text IS NULL OR v_text = '' OR cardinality(v_fields) <> v_field_count THEN
        fault := format(
            'An expression has five fields: minute, hour, day of month, month and day of week. This one has %s.',
            CASE WHEN COALESCE(v_text, '') = '' THEN 0 ELSE cardinality(v_fields) END);
        RETURN;
    END IF;
    FOR v_field IN
        SELECT * FROM (VALUES
            (1, 'minute', 0, 59, NULL::text[]),
            (2, 'hour', 0, 23, NULL),
            (3, 'day of month', 1, 31, NULL),
            (4, 'month', 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'),
            (5, 'day of week', 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
        ) AS f (place, title, number_min, number_max, names)
    LOOP
        SELECT c.numbers, c.fault INTO v_read
        FROM work.cron_field(v_fields[v_field.place], v_field.title, v_field.number_min, v_field.number_max, v_field.names) AS c;
        IF v_read.fault IS NOT NULL THEN
            fields := NULL;
            fault := v_read.fault;
            RETURN;
        END IF;
        CASE v_field.place
            WHEN 1 THEN fields.minutes := v_read.numbers;
            WHEN 2 THEN fields.hours := v_read.numbers;
            WHEN 3 THEN fields.days := v_read.numbers;
            WHEN 4 THEN fields.months := v_read.numbers;
            WHEN 5 THEN fields.weekdays := v_read.numbers;
        END CASE;
    END LOOP;
    fields.is_any_day := v_fields[3] = '*';
    fields.is_any_weekday := v_fields[5] = '*';
    IF fields.is_any_weekday AND fields.days[1] > (SELECT max(v_days_of_months[m]) FROM unnest(fields.months) AS m) THEN
        fields := NULL;
        fault := format('day of month: no month of "%s" has a day %s.', v_fields[4], v_fields[3]);
    END IF;
END;
$$;
COMMENT ON FUNCTION work.parse_cron(text) IS 'Reads a cron expression.';
