"""Kills workers and PostgreSQL at random while jobs with effects run, and then looks at how each of them ended.

chaos_jobs.py SERVER STATE JOBS KILLS: SERVER is the executable, STATE the folder of a cluster (deploy/cluster.sh) whose
database postgres has been deployed to; workers and PostgreSQL are killed KILLS times each.

Each order is a row, written with the job that ships it. That job writes a shipment and another job, which tells an HTTP
server of it; of each fifth shipment an event tells as well, and of the event a webhook. The server is this program, is
never killed, and refuses, fails or hangs up on some for reasons of its own.
"""

import collections
import http.server
import json
import os
import pathlib
import random
import signal
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path += [str(ROOT / "Tests/ContractTests/Fixtures"), str(ROOT / "Tests/prove/support")]
from killing import PATIENCE_SECONDS, Cluster, Process, free_port, until  # noqa: E402
from verify_webhook import verify  # noqa: E402

SECRET = "the secret of all webhooks here"
TENANT_COUNT = 4
BATCH_SIZE = 50

DECLARATIONS = """
CREATE SCHEMA chaos AUTHORIZATION pgserver_owner;
SET ROLE pgserver_owner;
GRANT USAGE ON SCHEMA chaos TO worker;
-- Without keys: what is done twice is to be seen, and not prevented here.
CREATE TABLE chaos.shipments (number integer NOT NULL, tell_job_id bigint NOT NULL);
CREATE TABLE chaos.answers (number integer NOT NULL, is_done boolean NOT NULL, status integer NULL);
GRANT INSERT ON chaos.shipments, chaos.answers TO worker;
CREATE TABLE chaos.orders (number integer PRIMARY KEY);
CREATE FUNCTION chaos.tenant(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-4000-8000-00000000100' || number % {tenant_count})::uuid;
SELECT core.declare_topic('chaos.order', 'For the proof.');
CREATE FUNCTION chaos.ship(arguments jsonb) RETURNS jsonb LANGUAGE plpgsql
VOLATILE SECURITY INVOKER
AS $$
DECLARE
    v_number CONSTANT integer := (arguments ->> 'number')::integer;
BEGIN
    INSERT INTO chaos.shipments (number, tell_job_id)
    VALUES (v_number, work.enqueue('chaos.tell', jsonb_build_object(
        'method', 'POST', 'url', format('http://127.0.0.1:%s/order/%s', arguments ->> 'port', v_number),
        'body', 'shipped', 'timeout_ms', 5000, 'number', v_number)));
    IF v_number % 5 = 0 THEN
        PERFORM core.publish('chaos.order', 'chaos.order.shipped', jsonb_build_object('number', v_number));
    END IF;
    RETURN NULL;
END;
$$;
CREATE FUNCTION chaos.told(arguments jsonb, outcome jsonb) RETURNS void LANGUAGE sql
VOLATILE SECURITY INVOKER
BEGIN ATOMIC
    INSERT INTO chaos.answers (number, is_done, status)
    VALUES ((arguments ->> 'number')::integer, (outcome -> 'is_done')::boolean, (outcome ->> 'status')::integer);
END;
GRANT EXECUTE ON FUNCTION chaos.ship(jsonb), chaos.told(jsonb, jsonb) TO worker;
SELECT work.job_kind('chaos.ship', 'chaos.ship', max_attempts => 100, timeout => interval '10 s',
    backoff_first => interval '50 ms', backoff_longest => interval '500 ms');
SELECT work.job_kind('chaos.tell', 'chaos.told', effect => 'http', max_attempts => 100, timeout => interval '10 s',
    backoff_first => interval '50 ms', backoff_longest => interval '500 ms');
-- As deliveries are, but without the hours of patience.
UPDATE work.job_kinds
SET max_attempts = 100, backoff_first = interval '50 ms', backoff_longest = interval '500 ms'
WHERE kind = 'work.webhook_delivery';
INSERT INTO auth.tenants (tenant_id, name)
SELECT chaos.tenant(n), 'Chaos ' || n FROM generate_series(1, {tenant_count}) AS n;
INSERT INTO work.webhooks (tenant_id, webhook_id, url, events)
SELECT chaos.tenant(n), chaos.tenant(n), 'http://127.0.0.1:{port}/hook', '{{chaos.*.shipped}}'
FROM generate_series(1, {tenant_count}) AS n;
INSERT INTO work.webhook_secrets (tenant_id, webhook_id, secret)
SELECT w.tenant_id, w.webhook_id, '{secret}' FROM work.webhooks AS w;
INSERT INTO work.webhook_health (tenant_id, webhook_id) SELECT w.tenant_id, w.webhook_id FROM work.webhooks AS w;
RESET ROLE;
SELECT api.publish();
"""


class Receiver:
    """What is told of orders and webhooks. Keeps every key; which order gets which answer, its number says."""

    def __init__(self):
        self.lock = threading.Lock()
        self.told = collections.defaultdict(list)  # the keys of each order, in their order
        self.hooked = collections.defaultdict(list)  # the numbers that each delivery bore
        self.forged = 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(self.path, self.headers, body)
                if status is not None:  # else it hangs up
                    self.send_response(status)
                    self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass  # whoever asked has been killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path, headers, body):
        key = headers["Idempotency-Key"]
        with self.lock:
            if path == "/hook":
                is_forged = not verify(body, headers["X-Signature-256"], SECRET.encode())
                self.forged += is_forged or key != headers["X-Webhook-Delivery"]
                self.hooked[key].append(json.loads(body)["data"]["number"])
                return 503 if len(self.hooked[key]) == 1 and self.hooked[key][0] % 7 == 0 else 200
            number = int(path.removeprefix("/order/"))
            self.told[number].append(key)
            is_first = len(self.told[number]) == 1
        if is_refused(number):
            return 404
        if number % 10 == 1 and is_first:
            return 503
        if number % 10 == 2 and is_first:
            return None
        return 200


def is_refused(number):
    return number % 10 == 0


def place(cluster, port, job_count):
    """Writes orders, each in the transaction of its job. What may have been committed is written again, and is not."""
    for first in range(1, job_count + 1, BATCH_SIZE):
        last = min(first + BATCH_SIZE - 1, job_count)
        until(f"orders {first} to {last} are placed", lambda: cluster.ask(f"""
            WITH placed AS (
                INSERT INTO chaos.orders (number) SELECT generate_series({first}, {last})
                ON CONFLICT DO NOTHING RETURNING number)
            SELECT count(work.enqueue('chaos.ship', jsonb_build_object('number', p.number, 'port', {port}),
                tenant_id => chaos.tenant(p.number)))
            FROM placed AS p""") is not None)


def faults(cluster, receiver, job_count):
    """Whatever is not as it should be."""
    refused = sum(is_refused(number) for number in range(1, job_count + 1))
    hooked = job_count // 5
    expected = {
        "orders": ("SELECT count(*) FROM chaos.orders", job_count),
        "shipments": ("SELECT count(*) FROM chaos.shipments", job_count),
        "orders shipped": ("SELECT count(DISTINCT number) FROM chaos.shipments", job_count),
        "answers heard": ("SELECT count(*) FROM chaos.answers", job_count),
        "orders with an answer": ("SELECT count(DISTINCT number) FROM chaos.answers", job_count),
        "answers of another kind than was to come": (
            "SELECT count(*) FROM chaos.answers WHERE is_done = (number % 10 = 0) "
            "OR status IS DISTINCT FROM CASE WHEN number % 10 = 0 THEN 404 ELSE 200 END", 0),
        "shipping jobs completed": (
            "SELECT count(*) FROM work.finished_jobs WHERE kind = 'chaos.ship' AND state = 'completed'", job_count),
        "telling jobs completed": (
            "SELECT count(*) FROM work.finished_jobs WHERE kind = 'chaos.tell' AND state = 'completed'",
            job_count - refused),
        "telling jobs parked": (
            "SELECT count(*) FROM work.jobs WHERE kind = 'chaos.tell' AND state = 'failed'", refused),
        "other jobs": (
            "SELECT (SELECT count(*) FROM work.jobs WHERE kind ~ '^chaos' AND (kind, state) <> ('chaos.tell', 'failed')) + "
            "(SELECT count(*) FROM work.finished_jobs WHERE kind ~ '^chaos' AND state <> 'completed')", 0),
        "events": ("SELECT count(*) FROM core.event_log WHERE type = 'chaos.order.shipped'", hooked),
        "deliveries": ("SELECT count(*) FROM work.webhook_deliveries", hooked),
        "deliveries of different events": (
            "SELECT count(DISTINCT (tenant_id, event_position)) FROM work.webhook_deliveries", hooked),
        "deliveries that arrived": (
            "SELECT count(*) FROM work.webhook_deliveries WHERE status = 'delivered' AND response_status = 200", hooked),
    }
    for name, (sql, count) in expected.items():
        actual = cluster.number(sql)
        if actual != count:
            yield f"{name}: {actual}, expected {count}"
    keys = dict(line.split("|") for line in cluster.ask("SELECT number, 'job-' || tell_job_id FROM chaos.shipments"))
    for number in range(1, job_count + 1):
        received = set(receiver.told.get(number, ()))
        if received != {keys.get(str(number))}:
            yield f"order {number}: its key is {keys.get(str(number))}, received were {sorted(received)}"
    if len(receiver.told) != job_count or len(set(keys.values())) != job_count:
        yield f"{len(receiver.told)} orders were told of, {len(set(keys.values()))} keys were used"
    deliveries = set(cluster.ask("SELECT delivery_id FROM work.webhook_deliveries"))
    if set(receiver.hooked) != deliveries:
        yield f"{len(set(receiver.hooked) ^ deliveries)} deliveries were received or written, but not both"
    if sorted(numbers[0] for numbers in receiver.hooked.values()) != list(range(5, job_count + 1, 5)) \
            or any(len(set(numbers)) > 1 for numbers in receiver.hooked.values()):
        yield "not every shipment to tell of came under one delivery of its own"
    if receiver.forged:
        yield f"{receiver.forged} deliveries had a wrong signature or key"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that what was started is stopped
    server, state, job_count, kill_count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    cluster, receiver = Cluster(state), Receiver()
    if cluster.ask(DECLARATIONS.format(port=receiver.port, secret=SECRET, tenant_count=TENANT_COUNT)) is None:
        raise SystemExit("the declarations were not taken")
    environment = os.environ | {
        "PGSERVER_DATABASE_URL": cluster.url, "PGSERVER_WORKERS": "default:8", "PGSERVER_JOB_LEASE": "2s",
        "PGSERVER_EGRESS_ALLOW": "127.0.0.1", "PGSERVER_PORT": str(free_port()), "PGSERVER_LOG": "off",
        "PGSERVER_REACTORS": "1"}
    processes = []
    try:
        # Only a process that serves gives events their places.
        for index, command in enumerate(["serve", "work", "work"]):
            processes.append(Process([server, command], environment, f"{state}/chaos-{index}.log"))
        began = time.monotonic()
        placing = threading.Thread(target=place, args=(cluster, receiver.port, job_count), daemon=True)
        placing.start()

        def keep_all():
            for process in processes:
                process.keep()

        kills = sorted(
            (random.uniform(0.05, 0.9) * job_count, what)
            for what in [lambda: random.choice(processes).kill()] * kill_count
            + [(cluster.kill_whole, cluster.kill_one)[index % 2] for index in range(kill_count)])
        for goal, perform in kills:
            until(f"{goal:.0f} orders are told of", lambda: len(receiver.told) >= goal, meanwhile=keep_all)
            perform()
        placing.join(PATIENCE_SECONDS)
        if placing.is_alive():
            raise SystemExit("not all orders could be placed")

        open_count = """
            SELECT (SELECT count(*) FROM work.jobs WHERE kind ~ '^(chaos|work.webhook)' AND state <> 'failed')
                + (SELECT count(*) FROM chaos.orders) - (SELECT count(*) FROM chaos.shipments)
                + (SELECT count(*) / 5 FROM chaos.orders) - (SELECT count(*) FROM work.webhook_deliveries)"""
        try:
            until("every job has ended", lambda: cluster.number(open_count) == 0, meanwhile=keep_all)
        finally:
            for line in cluster.ask("SELECT kind, state, count(*), max(attempt) FROM work.jobs GROUP BY 1, 2") or ():
                print(f"   left in work.jobs (kind|state|count|attempts): {line}")
        seconds = time.monotonic() - began
    finally:
        for process in processes:
            process.stop()

    found = list(faults(cluster, receiver, job_count))
    receipts = sum(map(len, receiver.told.values()))
    hook_receipts = sum(map(len, receiver.hooked.values()))
    lost = cluster.number("""
        SELECT count(*) FROM (
            SELECT errors FROM work.finished_jobs UNION ALL SELECT errors FROM work.jobs) AS j,
            jsonb_array_elements(j.errors) AS e WHERE e ->> 'code' = 'worker_lost'""")
    print(
        f"{job_count} orders, {2 * job_count + job_count // 5} jobs in {seconds:.0f} s; killed: {kill_count} times a process "
        f"of the server, {kill_count} times PostgreSQL; {lost} attempts lost their worker.\n"
        f"{receipts} requests for {job_count} keys, {hook_receipts} for {job_count // 5} deliveries; processes that "
        f"ended for want of a database: {sum(process.ended_alone for process in processes)}.")
    for fault in found[:20]:
        print(f"WRONG: {fault}")
    sys.exit(1 if found else 0)


main()
