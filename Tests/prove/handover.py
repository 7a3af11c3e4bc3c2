"""Replaces a running server many times while new connections arrive, and counts what clients saw go wrong.

handover.py --pid PID --port PORT --log FILE --handovers N --rate CONNECTIONS_A_SECOND [--streams N]

Fresh clients open a connection for each request. Others keep theirs: one that is closed before they have sent a request
is opened anew, as HTTP allows; one that ends without an answer to what was sent is a failure. Streams listen and come
back when they are told to. Anything that is not a whole answer with status 200 is a failure, and so is a connection
that is refused or reset. Python's standard library only.
"""

import argparse
import multiprocessing
import os
import re
import select
import signal
import socket
import sys
import time

PATH = "/api/ready"  # asks PostgreSQL
TIMEOUT = 10.0
FRESH_PROCESSES = 4
KEPT_CONNECTIONS = 32
KEPT_PAUSES = (0.01, 0.05, 0.2, 1.0)


class Failure(Exception):
    pass


def connect(port, source):
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client.settimeout(TIMEOUT)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Each process has an address of its own: one has too few ports for so many connections.
    client.setsockopt(socket.SOL_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
    client.bind((source, 0))
    try:
        client.connect(("127.0.0.1", port))
    except OSError as error:
        client.close()
        raise Failure(f"connect: {error}") from error
    return client


def exchange(client, closes):
    """Sends a request and reads its whole answer; whether the server keeps the connection."""
    fields = "Connection: close\r\n" if closes else ""
    try:
        client.sendall(f"GET {PATH} HTTP/1.1\r\nHost: h\r\n{fields}\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65536)
            if not piece:
                raise Failure(f"the end after {len(data)} bytes of an answer")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        if not lines[0].startswith("HTTP/1.1 200"):
            raise Failure(lines[0])
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        while len(body) < int(fields["content-length"]):
            piece = client.recv(65536)
            if not piece:
                raise Failure("the end inside a body")
            body += piece
        return fields.get("connection") != "close"
    except OSError as error:
        raise Failure(f"{type(error).__name__}: {error}") from error


def fresh(port, number, rate, stop, results):
    """A new connection for each request, at a rate; late ones are made up for."""
    source = f"127.0.1.{number + 1}"
    count, failures, seconds = 0, [], {}
    begun = time.monotonic()
    while not stop.is_set():
        wait = begun + count / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        count += 1
        try:
            client = connect(port, source)
            with client:
                exchange(client, True)
        except Failure as failure:
            failures.append((time.time(), str(failure)))
        second = int(time.time())
        seconds[second] = seconds.get(second, 0) + 1
    results.put(("fresh", count, failures, seconds, 0))


def has_ended(client):
    """Whether the server has closed a connection on which nothing is under way."""
    readable, _, _ = select.select([client], [], [], 0)
    return bool(readable)


def kept(port, number, stop, results):
    """Many connections that stay, with pauses of several lengths between their requests."""
    source = f"127.0.2.{number + 1}"
    count, failures, reopened = 0, [], 0
    clients = [None] * KEPT_CONNECTIONS
    due = [time.monotonic()] * KEPT_CONNECTIONS
    while not stop.is_set():
        index = min(range(KEPT_CONNECTIONS), key=due.__getitem__)
        time.sleep(max(0.0, due[index] - time.monotonic()))
        due[index] = time.monotonic() + KEPT_PAUSES[index % len(KEPT_PAUSES)]
        try:
            if clients[index] is not None and has_ended(clients[index]):
                clients[index].close()
                clients[index] = None
            if clients[index] is None:
                clients[index] = connect(port, source)
                reopened += 1
            count += 1
            if not exchange(clients[index], False):
                clients[index].close()
                clients[index] = None
        except Failure as failure:
            failures.append((time.time(), str(failure)))
            if clients[index] is not None:
                clients[index].close()
                clients[index] = None
    results.put(("kept", count, failures, {}, reopened))


def text_of(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def wait_for(path, pattern, start, limit=60.0):
    """The match of a line that the log has after its first `start` characters."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        found = re.search(pattern, text_of(path)[start:])
        if found:
            return found
        time.sleep(0.005)
    sys.exit(f"not within {limit:.0f} s in {path}: {pattern}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("pid", "port", "handovers", "rate"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--log", required=True)
    options = parser.parse_args()

    stop, results = multiprocessing.Event(), multiprocessing.Queue()
    workers = [
        multiprocessing.Process(
            target=fresh, args=(options.port, number, options.rate / FRESH_PROCESSES, stop, results))
        for number in range(FRESH_PROCESSES)
    ]
    workers.append(multiprocessing.Process(target=kept, args=(options.port, 0, stop, results)))
    for worker in workers:
        worker.daemon = True  # ends with this process, however that ends
        worker.start()
    begun = time.monotonic()
    time.sleep(1)
    first_second = int(time.time())
    pid, slowest = options.pid, 0.0
    for _ in range(options.handovers):
        start, asked = len(text_of(options.log)), time.monotonic()
        os.kill(pid, signal.SIGUSR2)
        pid = int(wait_for(options.log, r"process (\d+) serves now", start).group(1))
        slowest = max(slowest, time.monotonic() - asked)
    last_second = int(time.time())
    time.sleep(1)
    stop.set()
    reports = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
    elapsed = time.monotonic() - begun
    # The old ones end when the last of their clients has.
    deadline = time.monotonic() + 60
    while text_of(options.log).count("pg-server: stopped\n") < options.handovers and time.monotonic() < deadline:
        time.sleep(0.05)
    log = text_of(options.log)
    stopped, late = log.count("pg-server: stopped\n"), log.count("the grace was over")

    seconds = {}
    for report in reports:
        for second, count in report[3].items():
            seconds[second] = seconds.get(second, 0) + count
    rates = [count for second, count in seconds.items() if first_second < second < last_second]
    failures = sorted(failure for report in reports for failure in report[2])
    connections = sum(report[1] for report in reports if report[0] == "fresh")
    kept_requests = sum(report[1] for report in reports if report[0] == "kept")
    reopened = sum(report[4] for report in reports)
    print(f"{options.handovers} handovers in {elapsed:.1f} s, the slowest {slowest * 1000:.0f} ms from signal to service")
    print(f"{connections} new connections, {connections / elapsed:.0f} a second"
          + (f" (in the slowest second {min(rates)})" if rates else ""))
    print(f"{kept_requests} requests on kept connections, which were opened {reopened} times")
    print(f"{stopped} old processes ended in order, {late} had to be ended")
    print(f"{len(failures)} refused, reset or failed")
    for moment, failure in failures[:20]:
        print(f"    {moment:.3f} {failure}")
    print(f"last process {pid}")
    sys.exit(0 if not failures and stopped == options.handovers and late == 0 else 1)


main()
