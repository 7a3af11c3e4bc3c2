"""Kills workers and PostgreSQL at random in the middle of syncs, and then compares the records with their sources.

syncs.py SERVER STATE ROWS KILLS: SERVER is the executable, STATE the folder of a cluster (deploy/cluster.sh) whose
database postgres has been deployed to; workers and PostgreSQL are killed KILLS times each.

One source is another database of the cluster, whose rows are inserted, changed and deleted meanwhile; the other is what
a system has pushed. A step of a sync is made small, so that a kill meets one in the middle of a sync.
"""

import os
import pathlib
import random
import signal
import sys
import time
import urllib.parse

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parent / "support"))
from killing import Cluster, Process, free_port, until  # noqa: E402

TENANT = "00000000-0000-4000-8000-000000001000"
PUSHED = "00000000-0000-4000-8000-000000002000"
PAGE_ROWS = 500
MEMBER = f"""
SET request.tenant_id = '{TENANT}';
SET request.claims = '{{"permissions": ["connections.write"]}}';
SET ROLE member;
"""

SOURCE = """
CREATE TABLE public.entries (
    id integer PRIMARY KEY, account text NOT NULL, cents bigint NOT NULL, changed_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON public.entries (changed_at);
INSERT INTO public.entries (id, account, cents, changed_at)
SELECT n, 'account ' || n % 97, n * 7 % 10007, now() - (n % 3000) * interval '1 s' FROM generate_series(1, {rows}) AS n;
GRANT SELECT ON public.entries TO chaos_reader;
"""

DECLARATIONS = """
UPDATE core.settings SET value = '{host}' WHERE name = 'data.allowed_hosts';
UPDATE core.settings SET value = '{page_rows}' WHERE name = 'data.sync_page_rows';
UPDATE core.settings SET value = '1' WHERE name = 'data.sync_step_ms';
INSERT INTO auth.tenants (tenant_id, name) VALUES ('{tenant}', 'Syncs');
INSERT INTO data.connections (tenant_id, connection_id, slug, name, connection_type, source_system, status)
VALUES ('{tenant}', '{pushed}', 'pushed', 'Pushed', 'push', 'push', 'ACTIVE');
INSERT INTO data.source_relations (tenant_id, connection_id, relation, key_field, last_row_no, row_count)
VALUES ('{tenant}', '{pushed}', 'entries', 'id', {rows}, {rows});
INSERT INTO data.source_rows (tenant_id, connection_id, relation, generation, row_no, source_key, source_row)
SELECT '{tenant}', '{pushed}', 'entries', 1, n, n::text, jsonb_build_object('id', n, 'cents', n * 3 % 10007)
FROM generate_series(1, {rows}) AS n;
INSERT INTO data.schema_snapshots (tenant_id, connection_id, version, relations, fingerprint)
VALUES ('{tenant}', '{pushed}', 1,
    '[{{"relation": "entries", "columns": [{{"column": "id", "type": "integer"}}, {{"column": "cents", "type": "integer"}}]}}]', '\\x00');
"""

MAPPINGS = """
SELECT data.create_mapping('{pulled}', 'record', 'entries', 'id', '[
    {{"canonical_field": "account", "vendor_field": "account"}}, {{"canonical_field": "cents", "vendor_field": "cents"}}]',
    'changed_at', on_removal => 'delete', record_type => 'entry');
SELECT data.create_mapping('{pushed}', 'record', 'entries', NULL,
    '[{{"canonical_field": "cents", "vendor_field": "cents"}}]', on_removal => 'delete', record_type => 'pushed_entry');
"""


class Sources:
    """What changes meanwhile. Each change is one transaction, and is made again if it may not have been committed."""

    def __init__(self, cluster, source_url, row_count):
        self.cluster, self.source_url, self.next_id, self.pushed_no = cluster, source_url, row_count + 1, row_count
        self.row_count = row_count

    def change(self):
        first, self.next_id = self.next_id, self.next_id + 40
        gone = random.sample(range(1, self.row_count), 20)
        changed = random.sample(range(1, self.row_count), 200)
        until("the source has changed", lambda: self.cluster.ask(f"""
            BEGIN;
            DELETE FROM public.entries WHERE id = ANY ('{{{",".join(map(str, gone))}}}');
            UPDATE public.entries SET cents = cents + 1, changed_at = clock_timestamp()
            WHERE id = ANY ('{{{",".join(map(str, changed))}}}');
            INSERT INTO public.entries (id, account, cents)
            SELECT n, 'new', n FROM generate_series({first}, {first + 39}) AS n ON CONFLICT DO NOTHING;
            COMMIT;""", self.source_url) is not None)
        base, self.pushed_no = self.pushed_no, self.pushed_no + 100
        until("records were pushed", lambda: self.cluster.ask(f"""
            BEGIN;
            SELECT FROM data.source_relations WHERE connection_id = '{PUSHED}' FOR UPDATE;
            UPDATE data.source_rows AS s
            SET row_no = {base} + p.place, is_deleted = p.place % 5 = 0,
                source_row = jsonb_build_object('id', s.source_key::int, 'cents', {base} + p.place)
            FROM unnest('{{{",".join(map(str, changed[:100]))}}}'::text[]) WITH ORDINALITY AS p (key, place)
            WHERE s.connection_id = '{PUSHED}' AND s.source_key = p.key;
            UPDATE data.source_relations SET last_row_no = {base + 100} WHERE connection_id = '{PUSHED}';
            COMMIT;""") is not None)


def faults(cluster, source_url, pulled):
    """Whatever is not as it should be."""
    def records(connection):
        return f"""SELECT source_key || '|' || (fields ->> 'cents') FROM data.records
            WHERE source_connection_id = '{connection}' ORDER BY source_key::int"""
    for name, expected, actual in [
        ("pulled", cluster.ask("SELECT id || '|' || cents FROM public.entries ORDER BY id", source_url),
         cluster.ask(records(pulled))),
        ("pushed", cluster.ask(f"""SELECT source_key || '|' || (source_row ->> 'cents') FROM data.source_rows
            WHERE connection_id = '{PUSHED}' AND NOT is_deleted ORDER BY source_key::int"""),
         cluster.ask(records(PUSHED))),
    ]:
        lost, invented = set(expected) - set(actual), set(actual) - set(expected)
        print(f"   {name}: {len(expected)} rows, the sum of their cents {sum(int(line.split('|')[1]) for line in expected)}; "
              f"{len(actual)} records with {sum(int(line.split('|')[1]) for line in actual)}")
        if lost or invented or len(actual) != len(expected):
            yield f"{name}: {len(lost)} rows are lost or old, {len(invented)} records have no row: {sorted(lost)[:3]} {sorted(invented)[:3]}"
    for name, sql in {
        "totals that are kept differ from what is there":
            "SELECT (SELECT sum(total) FROM data.entity_counts WHERE entity = 'record') - (SELECT count(*) FROM data.records)",
        "syncs that have not ended": "SELECT count(*) FROM data.syncs WHERE finished_at IS NULL",
        "runs that have not ended": "SELECT count(*) FROM data.sync_runs WHERE finished_at IS NULL",
        "rejects": "SELECT count(*) FROM data.sync_rejects",
        "jobs left": "SELECT count(*) FROM work.jobs WHERE kind = 'data.sync'",
        "syncs whose counts are not those of their runs": """
            SELECT count(*) FROM data.syncs AS s JOIN (
                SELECT sync_id, sum(rows_read) AS r, sum(rows_inserted) AS i, sum(rows_updated) AS u, sum(rows_removed) AS x
                FROM data.sync_runs GROUP BY sync_id) AS t USING (sync_id)
            WHERE (s.rows_read, s.rows_inserted, s.rows_updated, s.rows_removed) <> (t.r, t.i, t.u, t.x)""",
        # Every record that was ever made was inserted once, and those that are gone were removed once.
        "records more or fewer than the runs say": """
            SELECT (SELECT sum(rows_inserted - rows_removed) FROM data.sync_runs) - (SELECT count(*) FROM data.records)""",
    }.items():
        count = cluster.number(sql)
        if count != 0:
            yield f"{name}: {count}"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that what was started is stopped
    server, state, row_count, kill_count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    cluster = Cluster(state)
    place = urllib.parse.urlsplit(cluster.url)
    source_url = place._replace(path="/chaos_source").geturl()
    cluster.ask("CREATE DATABASE chaos_source")
    cluster.ask("CREATE ROLE chaos_reader LOGIN PASSWORD 'a password of the source'")
    cluster.ask(SOURCE.format(rows=row_count), source_url)
    cluster.ask(DECLARATIONS.format(
        host=place.hostname, tenant=TENANT, pushed=PUSHED, rows=row_count, page_rows=PAGE_ROWS))
    pulled = cluster.ask(MEMBER + f"""SELECT data.connect_postgres('Pulled', '{{"host": "{place.hostname}", "port":
        {place.port}, "database": "chaos_source", "user": "chaos_reader", "sslmode": "prefer"}}', 'a password of the source')""")[0]
    if cluster.ask(MEMBER + MAPPINGS.format(pulled=pulled, pushed=PUSHED)) is None:
        raise SystemExit("the mappings were not made")
    environment = os.environ | {
        "PGSERVER_DATABASE_URL": cluster.url, "PGSERVER_WORKERS": "default:4", "PGSERVER_JOB_LEASE": "2s",
        "PGSERVER_PORT": str(free_port()), "PGSERVER_LOG": "off", "PGSERVER_REACTORS": "1"}
    sources = Sources(cluster, source_url, row_count)
    processes = []

    def keep_all():
        for process in processes:
            process.keep()

    def open_count():
        return cluster.number("SELECT count(*) FROM data.syncs WHERE finished_at IS NULL")

    def start(mode):
        """A sync of each connection; one that goes on, or whose answer was lost, is as good."""
        for connection in (pulled, PUSHED):
            until("a sync has begun", lambda: cluster.ask(MEMBER + f"""
                SELECT data.start_sync('{connection}', '{mode}')
                WHERE NOT EXISTS (SELECT FROM data.syncs WHERE connection_id = '{connection}' AND finished_at IS NULL)""")
                is not None, meanwhile=keep_all)

    began = time.monotonic()
    met = 0
    try:
        for index in range(2):
            processes.append(Process([server, "work"], environment, f"{state}/syncs-{index}.log"))
        kills = [lambda: random.choice(processes).kill()] * kill_count \
            + [(cluster.kill_whole, cluster.kill_one)[index % 2] for index in range(kill_count)]
        random.shuffle(kills)
        for index, perform in enumerate(kills):
            start("full" if index % 4 == 0 else "incremental")
            sources.change()
            goal = cluster.number("SELECT COALESCE(sum(step_count), 0) FROM data.syncs") or 0
            goal += random.randrange(1, 6)
            until("a few steps are done", lambda: open_count() == 0 or (
                cluster.number("SELECT sum(step_count) FROM data.syncs") or 0) >= goal, meanwhile=keep_all)
            met += (open_count() or 0) > 0
            perform()
        # Whatever was cut off goes on, and what failed for want of its source is made up for by the next.
        until("all syncs have ended", lambda: open_count() == 0, meanwhile=keep_all)
        start("incremental")
        until("all syncs have ended", lambda: open_count() == 0, meanwhile=keep_all)
        start("full")
        until("the last syncs have ended", lambda: open_count() == 0, meanwhile=keep_all)
    finally:
        for process in processes:
            process.stop()

    found = list(faults(cluster, source_url, pulled))
    ended = ", ".join(cluster.ask("SELECT count(*) || ' ' || status FROM data.syncs GROUP BY status ORDER BY status"))
    steps = cluster.number("SELECT sum(step_count) FROM data.syncs")
    read = cluster.number("SELECT sum(rows_read) FROM data.syncs")
    print(f"{time.monotonic() - began:.0f} s; killed: {kill_count} times a process of the server, {kill_count} times "
          f"PostgreSQL, {met} times in the middle of a sync; syncs: {ended}; {steps} steps, {read} rows read.")
    for fault in found[:20]:
        print(f"WRONG: {fault}")
    sys.exit(1 if found else 0)


main()
