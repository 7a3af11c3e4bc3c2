#!/usr/bin/env python3
"""Proves that a stream gives every listener what was committed: all of it, once, in order, and nothing of others.

    proof.py --server PATH --state FOLDER [--seconds N] [--kills N] [--seed N]

FOLDER is the state of a cluster of deploy/cluster.sh; it is started if it does not run, and a database is made in it.
Many writers commit out of order, roll back, and keep transactions open; listeners of several tenants, over SSE and
WebSocket, go away at random and come back to either of two servers, which share the database; servers, PostgreSQL and
single sessions of it are killed with SIGKILL, and servers are stopped for a while. Half of the writers commit
asynchronously: what a crash takes from them no listener may have seen. At the end each listener's log is compared with
what is in the database. Exits with 0 if nothing is wrong.
"""
import argparse
import asyncio
import collections
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from libpq import Connection, Failed, Lost
from listening import Ended, Listener, Refused, ServerSentEvents, WebSocket

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
DATABASE = "proof"
SETTLE_SECONDS_MAX = 60
PASSWORD = "a password of the proof"

Tenant = collections.namedtuple("Tenant", "id token")


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


class Cluster:
    """A PostgreSQL that can be killed."""

    def __init__(self, state):
        self.state = state
        self._command("start", "--throw-away")
        self.url = self._command("url", DATABASE).strip()
        with open(os.path.join(state, "data_directory")) as file:
            self._pid_file = os.path.join(file.read().strip(), "postmaster.pid")

    def _command(self, name, *arguments):
        done = subprocess.run([os.path.join(ROOT, "deploy", "cluster.sh"), name, self.state, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise RuntimeError(f"cluster.sh {name}: {done.stdout}{done.stderr}")
        return done.stdout

    def deploy(self, server):
        connection = Connection(self._command("url").strip())
        connection.rows(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")     # of an earlier run
        connection.rows(f"CREATE DATABASE {DATABASE}")
        connection.close()
        for arguments in (["migrate", "--sql", os.path.join(ROOT, "sql")], ["rotate-keys", "--if-missing"]):
            done = subprocess.run([server, *arguments], env=self.environment(), text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            if done.returncode:
                raise RuntimeError(f"pg-server {arguments[0]}:\n{done.stdout}")
        script = os.path.join(HERE, "streams.sql")
        subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", script, self.url],
                       check=True, stdout=subprocess.DEVNULL, env=dict(os.environ, PGOPTIONS="-c client_min_messages=warning"))

    def environment(self):
        return dict(os.environ, PGSERVER_DATABASE_URL=self.url, PGSERVER_LOGIN_PASSWORD=PASSWORD,
                    PGSERVER_BCRYPT_COST="10")

    def _postmaster(self):
        with open(self._pid_file) as file:
            return int(file.readline())

    def _sessions(self):
        return children_of(self._postmaster())

    def kill_session(self, choose):
        """A session dies, PostgreSQL throws out all the others and recovers."""
        pids = [pid for pid, name in self._sessions() if f" {DATABASE} " in name]
        if pids:
            kill(choose(pids))

    def kill(self):
        """Everything dies, and is started again."""
        postmaster = self._postmaster()
        doomed = [postmaster] + [pid for pid, _ in self._sessions()]
        for pid in doomed:
            kill(pid)
        wait_until("PostgreSQL is dead", lambda: not any(is_running(pid) for pid in doomed))

    def start(self):
        self._command("start")


def children_of(parent):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                with open(f"/proc/{name}/cmdline") as file:
                    found.append((int(name), file.read().replace("\0", " ")))
        except OSError:
            pass
    return found


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def wait_until(what, condition, seconds=SETTLE_SECONDS_MAX):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


class Node:
    """One server. Both write process numbers where the test run looks for what it has to end."""

    def __init__(self, number, server, cluster):
        self.name, self._server, self._cluster = f"node {number}", server, cluster
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self._log = os.path.join(cluster.state, f"node-{number}.log")
        self._pid_file = os.path.join(os.path.dirname(cluster.state), f"server-proof-{number}.pid")
        self._process = None

    def start(self):
        environment = dict(
            self._cluster.environment(), PGSERVER_PORT=str(self.port), PGSERVER_REACTORS="2", PGSERVER_WORKERS="0",
            PGSERVER_LOG="off", PGSERVER_STREAM_BUFFER="16kB", PGSERVER_STREAM_PING_INTERVAL="1s",
            PGSERVER_SHUTDOWN_GRACE="2s")
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen([self._server, "serve"], env=environment, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log)
        with open(self._pid_file, "w") as file:
            file.write(str(self._process.pid))

    def is_ready(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended by itself:\n{self.told()}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/openapi.json", timeout=2).close()
            return True
        except OSError:
            return False

    def kill(self):
        self._process.kill()
        self._process.wait()

    def pause(self):
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if os.path.exists(self._pid_file):
            os.unlink(self._pid_file)

    def supervise(self):
        """Starts it again if PostgreSQL was not there when it started; for any other end of its own it fails."""
        if self._process.poll() is not None:
            if "cannot start: PostgreSQL" not in self.told().rstrip().rpartition("\npg-server: ")[2]:
                raise RuntimeError(f"{self.name} ended by itself:\n{self.told()}")
            self.start()

    def told(self):
        if not os.path.exists(self._log):
            return ""
        with open(self._log, errors="replace") as log:
            return log.read()[-3000:]

    def ask(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def register(self, number):
        answer = self.ask("/api/v1/auth/register", {
            "email": f"proof{number}@example.test", "password": PASSWORD, "name": f"Tenant {number}"})
        return Tenant(answer["user"]["tenant_id"], answer["access_token"])


class Writer(threading.Thread):
    """One connection that writes changes, some quick and some that stay open."""

    def __init__(self, number, cluster, tenants, *, open_seconds, seed):
        super().__init__(daemon=True)
        self._number, self._cluster, self._tenants, self._open_seconds = number, cluster, tenants, open_seconds
        self._is_durable = number % 2 == 0
        self._random = random.Random(seed)
        self.is_stopping = threading.Event()
        self.committed = self.rolled_back = self.unknown = 0
        self.fault = None

    def run(self):
        change = 0
        connection = None
        try:
            while not self.is_stopping.is_set():
                try:
                    if not connection:
                        mode = "on" if self._is_durable else "off"
                        connection = Connection(self._cluster.url, f"-c%20synchronous_commit%3D{mode}")
                    change += 1
                    self._write(connection, change)
                except Lost:
                    if connection:
                        connection.close()
                        connection = None
                        self.unknown += 1
                    self.is_stopping.wait(0.1)
        except Exception as error:
            self.fault = error
        if connection:
            connection.close()

    def _write(self, connection, change):
        connection.rows("BEGIN")
        place = 0
        for tenant in self._random.sample(self._tenants, self._random.choice((1, 1, 1, 2))):
            for _ in range(self._random.randint(1, 4)):
                arguments = (tenant.id, self._number, change)
                if self._random.random() < 0.5:
                    count = self._random.choice((1, 1, 3))
                    connection.rows("INSERT INTO proof.rows SELECT $1::uuid, $2::integer, $3::integer, n"
                                    " FROM generate_series($4::integer, $5::integer) AS n",
                                    *arguments, place + 1, place + count)
                    place += count
                else:
                    place += 1
                    connection.rows("SELECT proof.note($1::uuid, $2::integer, $3::integer, $4::integer)",
                                    *arguments, place)
                if self._random.random() < 0.3:
                    time.sleep(self._random.expovariate(1 / 0.01))
        if self._open_seconds:
            self.is_stopping.wait(self._random.uniform(0, 2 * self._open_seconds))
        if self._random.random() < 0.1:
            connection.rows("ROLLBACK")
            self.rolled_back += 1
        else:
            connection.rows("COMMIT")
            self.committed += 1
        if not self._open_seconds:
            time.sleep(self._random.expovariate(1 / 0.03))


class Killer:
    """What goes wrong, in the order of a shuffled deck, so that a long run has everything in it many times."""

    def __init__(self, cluster, nodes, generator):
        self._cluster, self._nodes, self._random = cluster, nodes, generator
        self._deck = []
        self.counts = collections.Counter()

    def strike(self, deed):
        """Blocks until it is repaired."""
        node = self._random.choice(self._nodes)
        pause = self._random.uniform(0.2, 2)
        say({"PostgreSQL": "SIGKILL to all of PostgreSQL", "session": "SIGKILL to one session of PostgreSQL",
             "node": f"SIGKILL to {node.name}", "stop": f"SIGSTOP to {node.name}"}[deed])
        if deed == "PostgreSQL":
            self._cluster.kill()
            time.sleep(pause)
            self._cluster.start()
        elif deed == "session":
            self._cluster.kill_session(self._random.choice)
        elif deed == "node":
            node.kill()
            time.sleep(pause)
            node.start()
        else:
            node.pause()
            time.sleep(self._random.uniform(1, 12))
            node.resume()
        self.counts[deed] += 1

    def next_deed(self):
        if not self._deck:
            self._deck = ["PostgreSQL", "session", "node", "node", "stop"]
            self._random.shuffle(self._deck)
        return self._deck.pop()


def read_log(connection):
    """By tenant, what has its position: [(position, type, writer, change, place)]."""
    log = collections.defaultdict(list)
    for tenant, position, kind, *rest in connection.rows("""
            SELECT l.tenant_id, l.position, l.type, l.payload ->> 'writer', l.payload ->> 'change', l.payload ->> 'place'
            FROM core.event_log AS l WHERE l.topic IN ('proof.rows', 'proof.notes') ORDER BY l.tenant_id, l.position"""):
        log[tenant].append((int(position), kind, *map(int, rest)))
    return log


def compare_log(log, committed):
    """Faults of the log itself: it holds exactly what was committed, densely, and each writer's changes in order."""
    faults = []
    found = collections.Counter((tenant, *event[1:]) for tenant, events in log.items() for event in events)
    for what, difference in (("events are lost", committed - found), ("events were never committed", found - committed)):
        if difference:
            faults.append(f"in the log {sum(difference.values())} {what}: {list(difference)[:3]}")
    for tenant, events in log.items():
        if [event[0] for event in events] != list(range(1, len(events) + 1)):
            faults.append(f"positions of {tenant} are not dense")
        last = {}
        for position, _, writer, change, place in events:
            if last.get(writer, (0, 0)) >= (change, place):
                faults.append(f"{tenant} {position}: writer {writer} has {(change, place)} after {last[writer]}")
            last[writer] = (change, place)
    return faults


def as_event(message):
    return (message["position"], message["type"], message["writer"], message["change"], message["place"])


def compare(listener, log, counts):
    """Faults of one listener's log."""
    wanted = [event for event in log[listener.tenant.id]
              if event[0] > (listener.start or 0) and (not listener.types or event[1] == listener.types)]
    got = [as_event(message) for message in listener.received]
    ordered = sum(1 for before, after in itertools.pairwise(got) if after[0] < before[0])
    found = {"lost": sum((collections.Counter(wanted) - collections.Counter(got)).values()),
             "duplicated": len(got) - len(set(got)), "out of order": ordered,
             "of another tenant": sum(message["tenant"] != listener.tenant.id for message in listener.received),
             "never committed": len(set(got) - set(log[listener.tenant.id])),
             "unasked": len(set(got) - set(wanted))}
    counts.update(found)
    faults = [f"{listener.name}: {number} {what}" for what, number in found.items() if number]
    return faults + [f"{listener.name}: {fault}" for fault in listener.faults[:5]]


async def read_all(node, tenant, count):
    """A tenant's whole history, as one node gives it."""
    stream = await ServerSentEvents.connect(node.port, "/proof/events?since=1.0", tenant.token, None)
    try:
        events = []
        await stream.next()
        while len(events) < count:
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                event_id, kind, message = await stream.next()
            assert kind == "event" and event_id == f"1.{message['position']}", (event_id, kind, message)
            events.append(as_event(message))
        return events
    finally:
        stream.writer.transport.abort()


def make_listeners(tenants, ports, each, stay_seconds, seed):
    """Of every kind: both transports, from the beginning and from now on, all and some, eager and slow."""
    listeners = []
    for tenant_number, tenant in enumerate(tenants):
        for number in range(each):
            transport = (ServerSentEvents, WebSocket)[number % 2]
            name = f"tenant {tenant_number} {transport.__name__} {number}"
            listeners.append(Listener(
                name, tenant, transport, ports, since="1.0" if number % 4 < 2 else None,
                types="proof.notes.added" if number % 8 == 6 else None, is_slow=number % 8 in (4, 5),
                stay_seconds=stay_seconds * (4 if number % 3 == 0 else 1), seed=f"{seed} {name}"))
    return listeners


async def prove(arguments, cluster, nodes):
    generator = random.Random(arguments.seed)
    for node in nodes:
        node.start()
    for node in nodes:
        await asyncio.to_thread(wait_until, f"{node.name} answers", node.is_ready)
    tenants = [await asyncio.to_thread(nodes[0].register, number) for number in range(arguments.tenants)]
    writers = [
        Writer(number, cluster, tenants, seed=f"{arguments.seed} {number}",
               # Every fourth stays open: about a second, some of them longer than any look waits.
               open_seconds=0 if number % 4 else arguments.open_seconds * (1 + number // 4))
        for number in range(arguments.writers)]
    listeners = make_listeners(tenants, [node.port for node in nodes], arguments.listeners, arguments.stay_seconds,
                               arguments.seed)
    tasks = [asyncio.create_task(listener.run()) for listener in listeners]
    for writer in writers:
        writer.start()
    killer = Killer(cluster, nodes, generator)
    begun = time.monotonic()
    say(f"{len(writers)} writers, {len(listeners)} listeners of {len(tenants)} tenants, {arguments.seconds} s")

    def check():
        for task in tasks:
            if task.done():
                task.result()
        for writer in writers:
            if writer.fault:
                raise writer.fault
        for node in nodes:
            node.supervise()

    if arguments.deeds:     # spread evenly over a short run
        for number, deed in enumerate(arguments.deeds):
            await asyncio.sleep(max(0, begun + arguments.seconds * (number + 1) / (len(arguments.deeds) + 1)
                                    - time.monotonic()))
            check()
            await asyncio.to_thread(killer.strike, deed)
        await asyncio.sleep(max(0, begun + arguments.seconds - time.monotonic()))
    else:
        reported = begun
        while time.monotonic() < begun + arguments.seconds:
            await asyncio.sleep(generator.uniform(2, 12))
            check()
            await asyncio.to_thread(killer.strike, killer.next_deed())
            if time.monotonic() - reported > 60:
                reported = time.monotonic()
                say(f"{sum(len(listener.received) for listener in listeners)} events received")
    check()

    say("the writers end")
    for writer in writers:
        writer.is_stopping.set()
    for writer in writers:
        await asyncio.to_thread(writer.join, SETTLE_SECONDS_MAX)
    check()
    for listener in listeners:
        listener.is_final = True
    connection = Connection(cluster.url)
    committed = collections.Counter(
        (tenant, kind, *map(int, rest))
        for tenant, kind, *rest in connection.rows("SELECT tenant_id, type, writer, change, place FROM proof.committed"))
    await asyncio.to_thread(
        wait_until, "every event has its position",
        lambda: int(connection.rows("SELECT count(*) FROM core.event_positions")[0][0]) >= committed.total(), 30)
    log = read_log(connection)
    say("the listeners come to the end of the log")
    heads = {listener: max((event[0] for event in log[listener.tenant.id]
                            if not listener.types or event[1] == listener.types), default=0) for listener in listeners}
    progress, last_moved = None, time.monotonic()
    while any(listener.last_position < head for listener, head in heads.items()):
        check()
        await asyncio.sleep(0.05)
        positions = [listener.last_position for listener in listeners]
        if positions != progress:
            progress, last_moved = positions, time.monotonic()
        elif time.monotonic() - last_moved > SETTLE_SECONDS_MAX:
            break       # the comparison tells what is missing
    await asyncio.sleep(0.3)        # time for what should not come
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    counts = collections.Counter()
    faults = compare_log(log, committed)
    for listener in listeners:
        faults += compare(listener, log, counts)
    for node in nodes:  # one may have been killed a moment ago
        await asyncio.to_thread(wait_until, f"{node.name} answers", node.is_ready)
    say("each node tells each tenant's whole log")
    for tenant in tenants:
        for node in nodes:
            if await read_all(node, tenant, len(log[tenant.id])) != log[tenant.id]:
                faults.append(f"{node.name} has other positions of {tenant.id} than the log")
    report(counts, killer, writers, listeners, committed, time.monotonic() - begun)
    return faults


def report(counts, killer, writers, listeners, committed, seconds):
    print(f"{seconds:.0f} s; {committed.total()} events committed by {len(writers)} writers in"
          f" {sum(w.committed for w in writers)} changes, {sum(w.rolled_back for w in writers)} rolled back,"
          f" {sum(w.unknown for w in writers)} cut off")
    print(f"{len(listeners)} listeners received {sum(len(listener.received) for listener in listeners)} events over"
          f" {sum(listener.connections for listener in listeners)} connections, of which the servers ended"
          f" {sum(listener.ended_by_server for listener in listeners)};"
          f" refused {sum(listener.refused for listener in listeners)}")
    print("; ".join(f"{deed} {number}" for deed, number in sorted(killer.counts.items())))
    print(", ".join(f"{number} {what}" for what, number in counts.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="the executable")
    parser.add_argument("--state", required=True, help="the folder of the cluster")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--deeds", type=lambda text: text.split(","), help="such as PostgreSQL,node; else all, at random")
    parser.add_argument("--tenants", type=int, default=3)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--listeners", type=int, default=8, help="of each tenant")
    parser.add_argument("--open-seconds", type=float, default=1)
    parser.add_argument("--stay-seconds", type=float, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    say(f"seed {arguments.seed}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cluster = Cluster(arguments.state)
    nodes = [Node(number, arguments.server, cluster) for number in (1, 2)]
    try:
        cluster.deploy(arguments.server)
        faults = asyncio.run(prove(arguments, cluster, nodes))
    except BaseException:
        for node in nodes:
            say(f"{node.name} told:\n{node.told()}")
        raise
    finally:
        for node in nodes:
            node.stop()
    for fault in faults[:50]:
        print(fault)
    print(f"{len(faults)} faults" if faults else "Nothing is lost, doubled, out of order, or another's.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
