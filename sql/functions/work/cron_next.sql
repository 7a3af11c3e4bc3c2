-- Requires: functions/work/parse_cron.sql
-- When an expression runs next, by the clocks of a time zone.
--
-- A day runs if its month is allowed and its day of month is, or its day of week; where both day fields say something
-- other than *, one of them is enough.
--
-- When clocks change: an expression that names hours runs each of its times once. One that the clocks skip is made up
-- for at the instant they have changed, and one that they show twice runs the first time. An expression that allows
-- every hour runs by what the clocks show: never at what is skipped, twice at what comes twice.
--
-- Role:    member, worker
-- Definer: lends the reading of expressions
-- Returns: the first instant after the given one; NULL: none within ten years
-- Errors:  22023  the expression is wrong, or the time zone is not known
CREATE OR REPLACE FUNCTION work.cron_next(
    expression text, time_zone text DEFAULT 'UTC', after timestamptz DEFAULT clock_timestamp())
RETURNS timestamptz LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    v_hours_a_day CONSTANT integer := 24;
    v_parsed       record;
    v_fields       work.cron_fields;
    v_day          date;
    v_last_day     date;
    v_offset       interval;
    v_offset_later interval;
    -- From when on clocks show the later offset.
    v_change       timestamptz;
    v_change_max   timestamptz;
    v_middle       timestamptz;
    v_is_each_hour boolean;
    v_next         timestamptz;
BEGIN
    SELECT c.fields, c.fault INTO v_parsed FROM work.parse_cron(cron_next.expression) AS c;
    IF v_parsed.fault IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = v_parsed.fault;
    END IF;
    v_fields := v_parsed.fields;
    v_is_each_hour := cardinality(v_fields.hours) = v_hours_a_day;
    -- Where clocks are put back past midnight, today's last hour comes after tomorrow's first.
    v_day := (cron_next.after AT TIME ZONE cron_next.time_zone)::date - 1;
    v_last_day := v_day + interval '10 years';
    WHILE v_day <= v_last_day LOOP
        IF extract(month FROM v_day)::integer <> ALL (v_fields.months) THEN
            v_day := date_trunc('month', v_day::timestamp) + interval '1 month';
            CONTINUE;
        ELSIF NOT (CASE
            WHEN v_fields.is_any_weekday THEN extract(day FROM v_day)::integer = ANY (v_fields.days)
            WHEN v_fields.is_any_day THEN extract(dow FROM v_day)::integer = ANY (v_fields.weekdays)
            ELSE extract(day FROM v_day)::integer = ANY (v_fields.days)
                OR extract(dow FROM v_day)::integer = ANY (v_fields.weekdays)
            END)
        THEN
            v_day := v_day + 1;
            CONTINUE;
        END IF;
        v_change := (v_day - 1)::timestamp AT TIME ZONE cron_next.time_zone;
        v_change_max := (v_day + 2)::timestamp AT TIME ZONE cron_next.time_zone;
        v_offset := (v_change AT TIME ZONE cron_next.time_zone) - (v_change AT TIME ZONE 'UTC');
        v_offset_later := (v_change_max AT TIME ZONE cron_next.time_zone) - (v_change_max AT TIME ZONE 'UTC');
        IF v_offset = v_offset_later THEN
            v_change := 'infinity';
        ELSE
            WHILE v_change_max - v_change > interval '1 s' LOOP
                v_middle := date_trunc('second', v_change + (v_change_max - v_change) / 2);
                IF (v_middle AT TIME ZONE cron_next.time_zone) - (v_middle AT TIME ZONE 'UTC') = v_offset THEN
                    v_change := v_middle;
                ELSE
                    v_change_max := v_middle;
                END IF;
            END LOOP;
            v_change := v_change_max;
        END IF;
        SELECT min(c.at) INTO v_next
        FROM unnest(v_fields.hours) AS h
        CROSS JOIN unnest(v_fields.minutes) AS m
        CROSS JOIN LATERAL (
            SELECT (l.shown - v_offset) AT TIME ZONE 'UTC' AS before_it, (l.shown - v_offset_later) AT TIME ZONE 'UTC' AS after_it
            FROM (SELECT v_day + make_interval(hours => h, mins => m) AS shown) AS l
        ) AS i
        CROSS JOIN LATERAL (VALUES
            (CASE
                WHEN i.before_it < v_change THEN i.before_it
                WHEN i.after_it >= v_change THEN i.after_it
                WHEN NOT v_is_each_hour THEN v_change
            END),
            (CASE WHEN v_is_each_hour AND i.before_it < v_change AND i.after_it >= v_change THEN i.after_it END)
        ) AS c (at)
        WHERE c.at > cron_next.after;
        IF v_next IS NOT NULL THEN
            RETURN v_next;
        END IF;
        v_day := v_day + 1;
    END LOOP;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION work.cron_next(text, text, timestamptz) IS 'When an expression runs next, by the clocks of a time zone.';
GRANT EXECUTE ON FUNCTION work.cron_next(text, text, timestamptz) TO member, worker;
