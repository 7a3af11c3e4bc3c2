#!/usr/bin/env python3
"""Compares work.cron_next() with croniter: the next five runs of many expressions, from many instants in many time zones.

    compare.py DATABASE_URL

Both read the same expression; one rule is ours and is applied to what croniter says: of an expression that names hours,
a local time that the clocks show twice runs the first time only. (croniter has it run twice.)
"""
import csv
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from croniter import croniter

RUNS = 5

EXPRESSIONS = """
* * * * *
*/5 * * * *
*/7 * * * *
*/15 * * * *
0 * * * *
17 * * * *
15,45 * * * *
0-10 * * * *
0-59/20 * * * *
5/25 * * * *
1-10/3,30,45-50 * * * *
0,30 0-23 * * *
45 */1 * * *
0 */2 * * *
15 */2 * * *
30 */6 * * *
*/20 */3 * * *
0 1-23/2 * * *
0 0 * * *
0 1 * * *
30 1 * * *
0 2 * * *
15 2 * * *
30 2 * * *
59 2 * * *
0 3 * * *
0,30 1-3 * * *
45 1-4 * * *
*/30 2 * * *
30 23 * * *
59 23 * * *
0 12 * * *
0 9-17 * * 1-5
*/10 9-17 * * mon-fri
0 0 * * 0
0 0 * * 7
0 0 * * sun
30 2 * * sun
30 1 * * sun
0 6 * * sat,sun
0 0 * * 5-7
0 0 * * fri-sun
0 0 * * 1-7/2
0 0 * * */2
0 0 * * tue,thu,6
0 0 1 * *
0 0 15 * *
0 0 31 * *
0 0 30 * *
0 0 29 2 *
59 23 29 feb *
0 0 1,15 * *
0 0 1-7 * *
0 0 */10 * *
0 0 10-20/5 * *
0 4 8-14 * *
0 0 13 * 5
0 0 13 * fri
0 0 1 * mon
0 0 */2 * 1
30 1 1-7 * sun
0 0 1 1 *
0 0 1 jan,jul *
0 0 1 */3 *
0 0 1 2-12/5 *
0 0 * mar-may,oct *
0 12 25 DEC *
30 2 * 3,10,11 *
0 2 8 3 *
5 4 * aug Mon
* 2 * * *
*/13 1-3 * 3,10 *
0 0 28-31 * *
0 0 31 1,3,5 wed
@hourly
@daily
@midnight
@weekly
@monthly
@yearly
@annually
""".strip().split("\n")

# From: an ordinary day, a leap year, the ends of months and years, and shortly before, at and after clocks change.
STARTS = """
UTC 2026-01-01T00:00:00
UTC 2027-12-31T23:59:59
UTC 2096-02-28T12:34:56
America/New_York 2026-03-07T12:00:00
America/New_York 2026-03-08T01:59:00
America/New_York 2026-10-31T22:15:00
America/New_York 2026-11-01T01:10:00
Europe/Berlin 2026-03-28T23:30:00
Europe/Berlin 2026-03-29T01:59:59
Europe/Berlin 2026-10-24T12:00:00
Europe/Berlin 2026-10-25T00:30:00
Europe/London 2026-03-28T20:00:00
Europe/London 2026-10-25T00:00:00
Australia/Lord_Howe 2026-04-04T12:00:00
Australia/Lord_Howe 2026-10-03T22:00:00
Australia/Sydney 2026-10-03T23:45:00
Asia/Kathmandu 2026-06-30T18:20:00
Asia/Kolkata 2026-02-27T23:00:00
America/Sao_Paulo 2018-11-03T20:00:00
America/Sao_Paulo 2018-02-17T20:00:00
America/Havana 2026-03-07T22:00:00
America/Havana 2026-10-31T23:00:00
America/Santiago 2026-09-05T20:00:00
Pacific/Auckland 2026-09-26T12:00:00
Pacific/Apia 2011-12-29T12:00:00
""".strip().split("\n")


def names_hours(expression):
    """Whether some hour of the day is left out."""
    hours = croniter.expand(expression)[0][1]
    return hours != ["*"] and len(hours) < 24


def croniter_runs(expression, zone, start):
    runs = croniter(expression, start.astimezone(ZoneInfo(zone)), max_years_between_matches=20)
    found = []
    while len(found) < RUNS:
        run = runs.get_next(datetime)
        if not (run.fold == 1 and names_hours(expression)):
            found.append(run.astimezone(timezone.utc))
    return found


def our_runs(url, cases):
    """The runs of each case, in one query."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        csv.writer(file).writerows((n, e, z, s.isoformat()) for n, (e, z, s) in enumerate(cases))
        file.flush()
        script = f"""
            CREATE TEMPORARY TABLE cases (n integer, expression text, zone text, start timestamptz);
            \\copy cases FROM '{file.name}' WITH (FORMAT csv)
            COPY (
                WITH RECURSIVE runs AS (
                    SELECT c.*, 1 AS nth, work.cron_next(c.expression, c.zone, c.start) AS at FROM cases AS c
                    UNION ALL
                    SELECT r.n, r.expression, r.zone, r.start, r.nth + 1, work.cron_next(r.expression, r.zone, r.at)
                    FROM runs AS r WHERE r.nth < {RUNS} AND r.at IS NOT NULL)
                SELECT r.n, extract(epoch FROM r.at)::bigint FROM runs AS r ORDER BY r.n, r.nth
            ) TO STDOUT WITH (FORMAT csv);"""
        done = subprocess.run(["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={url}"],
                              input=script, stdout=subprocess.PIPE, text=True, check=True)
    found = [[] for _ in cases]
    for n, at in csv.reader(done.stdout.splitlines()):
        found[int(n)].append(datetime.fromtimestamp(int(at), timezone.utc))
    return found


def main():
    cases = []
    for line in STARTS:
        zone, start = line.split()
        start = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
        cases += [(expression, zone, start) for expression in EXPRESSIONS]
    differences = 0
    changes = 0
    for (expression, zone, start), ours in zip(cases, our_runs(sys.argv[1], cases)):
        theirs = croniter_runs(expression, zone, start)
        local = [run.astimezone(ZoneInfo(zone)) for run in [start] + theirs]
        changes += len({run.utcoffset() for run in local}) > 1
        if ours != theirs:
            differences += 1
            if differences <= 20:
                print(f"{expression} in {zone} after {start.isoformat()}")
                for name, runs in (("ours", ours), ("croniter", theirs)):
                    print(f"  {name:9}", *(run.astimezone(ZoneInfo(zone)).isoformat() for run in runs))
    zones = {line.split()[0] for line in STARTS}
    print(f"{len(EXPRESSIONS)} expressions from {len(STARTS)} instants in {len(zones)} time zones: {len(cases)} cases of"
          f" {RUNS} runs, {changes} of them over a change of clocks; {differences} differ.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
