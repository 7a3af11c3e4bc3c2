-- Cron expressions: when they run, by the clocks of a time zone and over their changes, and what is wrong with others.
-- The table is croniter's; Tests/prove/cron.sh compares many more with it.
RESET ROLE;
CREATE FUNCTION test.runs(expression text, zone text, start timestamptz) RETURNS timestamptz[] LANGUAGE plpgsql AS $$
DECLARE
    v_runs timestamptz[] := '{}';
    v_at   timestamptz := runs.start;
BEGIN
    FOR v_nth IN 1 .. 5 LOOP
        v_at := work.cron_next(runs.expression, runs.zone, v_at);
        v_runs := v_runs || v_at;
    END LOOP;
    RETURN v_runs;
END;
$$;
SELECT test.become_member(1);
SELECT test.equals(format('%s in %s', c.expression, c.zone), test.runs(c.expression, c.zone, c.start), c.runs)
FROM (VALUES
    ('*/20 * * * *', 'UTC', '2026-01-01T00:05Z'::timestamptz, '{2026-01-01T00:20Z,2026-01-01T00:40Z,2026-01-01T01:00Z,2026-01-01T01:20Z,2026-01-01T01:40Z}'::timestamptz[]),
    ('0 9-17/4 * * mon-fri', 'UTC', '2026-01-01T10:00Z', '{2026-01-01T13:00Z,2026-01-01T17:00Z,2026-01-02T09:00Z,2026-01-02T13:00Z,2026-01-02T17:00Z}'),
    ('0 0 13 * fri', 'UTC', '2026-02-01T00:00Z', '{2026-02-06T00:00Z,2026-02-13T00:00Z,2026-02-20T00:00Z,2026-02-27T00:00Z,2026-03-06T00:00Z}'),
    ('0 0 * * 5-7', 'UTC', '2026-01-01T00:00Z', '{2026-01-02T00:00Z,2026-01-03T00:00Z,2026-01-04T00:00Z,2026-01-09T00:00Z,2026-01-10T00:00Z}'),
    ('0 0 31 * *', 'UTC', '2026-01-01T00:00Z', '{2026-01-31T00:00Z,2026-03-31T00:00Z,2026-05-31T00:00Z,2026-07-31T00:00Z,2026-08-31T00:00Z}'),
    ('0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', '{2028-02-29T00:00Z,2032-02-29T00:00Z,2036-02-29T00:00Z,2040-02-29T00:00Z,2044-02-29T00:00Z}'),
    ('5 4 * aug Mon', 'UTC', '2026-01-01T00:00Z', '{2026-08-03T04:05Z,2026-08-10T04:05Z,2026-08-17T04:05Z,2026-08-24T04:05Z,2026-08-31T04:05Z}'),
    ('@weekly', 'UTC', '2026-01-01T00:00Z', '{2026-01-04T00:00Z,2026-01-11T00:00Z,2026-01-18T00:00Z,2026-01-25T00:00Z,2026-02-01T00:00Z}'),
    ('@monthly', 'Asia/Kathmandu', '2025-12-31T18:15Z', '{2026-01-31T18:15Z,2026-02-28T18:15Z,2026-03-31T18:15Z,2026-04-30T18:15Z,2026-05-31T18:15Z}'),
    ('30 2 * * *', 'America/New_York', '2026-03-07T05:00Z', '{2026-03-07T07:30Z,2026-03-08T07:00Z,2026-03-09T06:30Z,2026-03-10T06:30Z,2026-03-11T06:30Z}'),
    ('0 * * * *', 'America/New_York', '2026-03-08T05:30Z', '{2026-03-08T06:00Z,2026-03-08T07:00Z,2026-03-08T08:00Z,2026-03-08T09:00Z,2026-03-08T10:00Z}'),
    ('45 * * * *', 'America/New_York', '2026-03-08T05:50Z', '{2026-03-08T06:45Z,2026-03-08T07:45Z,2026-03-08T08:45Z,2026-03-08T09:45Z,2026-03-08T10:45Z}'),
    ('30 1 * * *', 'America/New_York', '2026-10-31T04:00Z', '{2026-10-31T05:30Z,2026-11-01T05:30Z,2026-11-02T06:30Z,2026-11-03T06:30Z,2026-11-04T06:30Z}'),
    ('*/30 * * * *', 'America/New_York', '2026-11-01T04:30Z', '{2026-11-01T05:00Z,2026-11-01T05:30Z,2026-11-01T06:00Z,2026-11-01T06:30Z,2026-11-01T07:00Z}'),
    ('0,30 1-3 * * *', 'Europe/Berlin', '2026-03-28T22:00Z', '{2026-03-29T00:00Z,2026-03-29T00:30Z,2026-03-29T01:00Z,2026-03-29T01:30Z,2026-03-29T23:00Z}'),
    ('0,30 1-3 * * *', 'Europe/Berlin', '2026-10-24T21:00Z', '{2026-10-24T23:00Z,2026-10-24T23:30Z,2026-10-25T00:00Z,2026-10-25T00:30Z,2026-10-25T02:00Z}'),
    ('15 2 * * *', 'Australia/Lord_Howe', '2026-10-02T13:30Z', '{2026-10-02T15:45Z,2026-10-03T15:30Z,2026-10-04T15:15Z,2026-10-05T15:15Z,2026-10-06T15:15Z}'),
    ('45 1 * * *', 'Australia/Lord_Howe', '2026-04-03T13:00Z', '{2026-04-03T14:45Z,2026-04-04T14:45Z,2026-04-05T15:15Z,2026-04-06T15:15Z,2026-04-07T15:15Z}'),
    ('0 0 * * *', 'America/Sao_Paulo', '2018-11-03T03:00Z', '{2018-11-04T03:00Z,2018-11-05T02:00Z,2018-11-06T02:00Z,2018-11-07T02:00Z,2018-11-08T02:00Z}'),
    ('0 0 * * sun', 'America/Havana', '2026-02-20T05:00Z', '{2026-02-22T05:00Z,2026-03-01T05:00Z,2026-03-08T05:00Z,2026-03-15T04:00Z,2026-03-22T04:00Z}')
) AS c (expression, zone, start, runs);

-- What two ways of writing mean alike.
SELECT test.equals(format('%s and %s', c.one, c.other), test.runs(c.one, 'UTC', '2026-01-01'), test.runs(c.other, 'UTC', '2026-01-01'))
FROM (VALUES
    ('@hourly', '0 * * * *'), ('@daily', '0 0 * * *'), ('@midnight', '@daily'), ('@WEEKLY', '0 0 * * sun'),
    ('@monthly', '0 0 1 * *'), ('@yearly', '0 0 1 1 *'), ('@annually', '@yearly'), ('0 0 * * 7', '0 0 * * 0'),
    (E' 0\t 0 * * FRI-Sun ', '0 0 * * 5-7'), ('0 0 1 Jan,jul *', '0 0 1 1-7/6 *'), ('5/25 * * * *', '5,30,55 * * * *'),
    ('007 00 * * *', '7 0 * * *'), ('1,1,1-2 * * * *', '1,2 * * * *')
) AS c (one, other);
SELECT test.equals('the instant itself is not the next', work.cron_next('0 0 * * *', 'UTC', '2026-01-01T00:00Z'), '2026-01-02T00:00Z'::timestamptz);

-- A fault names the field and what is wrong in it.
SELECT test.equals(format('"%s"', c.expression), work.cron_fault(c.expression), c.fault)
FROM (VALUES
    ('60 * * * *', 'minute: 60 is out of range, which is 0 to 59.'),
    ('-1 * * * *', 'minute: cannot read "-1": a part is *, a number, a name or a range such as 1-5, and may end with a step such as /2.'),
    ('1,,2 * * * *', 'minute: a part of the list is empty.'),
    ('a * * * *', 'minute: "a" is no number.'),
    ('1-5/0 * * * *', 'minute: the step of 1-5/0 is 0.'),
    ('*/60 * * * *', 'minute: the step of */60 is longer than its range.'),
    ('0 22-2 * * *', 'hour: the range 22-2 ends before it begins.'),
    ('0 99999999999999999999 * * *', 'hour: 99999999999999999999 is out of range, which is 0 to 23.'),
    ('0 0 0 * *', 'day of month: 0 is out of range, which is 1 to 31.'),
    ('0 0 31 2,4 *', 'day of month: no month of "2,4" has a day 31.'),
    ('0 0 1 foo *', 'month: "foo" is neither a number nor one of the names jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec.'),
    ('0 0 1 13 *', 'month: 13 is out of range, which is 1 to 12.'),
    ('0 0 * * 8', 'day of week: 8 is out of range, which is 0 to 7.'),
    ('0 0 * * fri-mon', 'day of week: the range fri-mon ends before it begins.'),
    ('0 0 * * mon#1', 'day of week: cannot read "mon#1": a part is *, a number, a name or a range such as 1-5, and may end with a step such as /2.'),
    ('* * * * * *', 'An expression has five fields: minute, hour, day of month, month and day of week. This one has 6.'),
    ('', 'An expression has five fields: minute, hour, day of month, month and day of week. This one has 0.'),
    (NULL, 'An expression has five fields: minute, hour, day of month, month and day of week. This one has 0.'),
    ('@reboot', '"@reboot" is none of @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually.'),
    (repeat('1,', 101) || '1 * * * *', 'The expression is longer than 200 characters.'),
    ('0 0 31 2,3 *', NULL), ('0 0 31 2 mon', NULL), ('59-59/1 * * * *', NULL)
) AS c (expression, fault);
SELECT test.raises($$SELECT work.cron_next('60 * * * *')$$, '22023', 'minute: 60 is out of range, which is 0 to 59.');
SELECT test.raises($$SELECT work.cron_next('@daily', 'Europe/Atlantis')$$, '22023');
