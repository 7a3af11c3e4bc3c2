-- The days that figures to date are made of. The present month counts with all of its rows, and up to its last day seen:
-- today, or the day that its latest row states. The periods before it end on the same day, and where that is the last
-- day of the present month, on the last of theirs; so months that are stated as one row compare as whole months.
--
-- Role:    member
-- Returns: the first days of the month, of the one before, of the year and of the one before; the last days that count
--          of the month, of the one before, and of the same month a year ago; the share of the month that is over
CREATE OR REPLACE FUNCTION data.spend_periods(
    at timestamptz DEFAULT now(), OUT month_from date, OUT month_to date, OUT before_from date, OUT before_to date,
    OUT year_from date, OUT last_year_from date, OUT last_year_to date, OUT elapsed numeric)
RETURNS record LANGUAGE plpgsql
STABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_today CONSTANT date := (spend_periods.at AT TIME ZONE 'UTC')::date;
    v_next  date;
    v_is_whole boolean;
BEGIN
    month_from := date_trunc('month', v_today::timestamp);
    v_next := month_from + interval '1 month';
    month_to := GREATEST(v_today, (
        SELECT max(c.month) FROM data.costs AS c
        WHERE c.month >= month_from AND c.month < v_next AND c.source_removed_at IS NULL));
    v_is_whole := month_to = v_next - 1;
    before_from := month_from - interval '1 month';
    before_to := CASE WHEN v_is_whole THEN month_from - 1 ELSE LEAST(before_from + (month_to - month_from), month_from - 1) END;
    year_from := date_trunc('year', v_today::timestamp);
    last_year_from := year_from - interval '1 year';
    last_year_to := CASE WHEN v_is_whole THEN v_next - interval '1 year' - interval '1 day' ELSE month_to - interval '1 year' END;
    elapsed := (month_to - month_from + 1)::numeric / (v_next - month_from);
END;
$$;
COMMENT ON FUNCTION data.spend_periods(timestamptz) IS 'The days that figures to date are made of.';
GRANT EXECUTE ON FUNCTION data.spend_periods(timestamptz) TO member;
