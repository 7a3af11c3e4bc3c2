"""Clients that leave at random moments, others that stay and check every answer, and a look at pg_stat_activity.

    leave.py PORT CLIENTS

Ends with 1 if a stayer met anything but its own right answer, a write was lost or made twice, or a query ran on for more
than a second after its client had gone.
"""
import asyncio
import collections
import json
import random
import subprocess
import sys
import time

PORT, LEAVER_COUNT = int(sys.argv[1]), int(sys.argv[2])
STAYER_COUNT = 8
LEAVING_AT_ONCE = 24
LONGEST_SLEEP_SECONDS = 4           # below the time limit of a statement, so only a cancellation ends it earlier
CANCEL_LIMIT_SECONDS = 1.0
numbers = random.Random(7)
seen = collections.Counter()
faults = []
confirmed, unsure = set(), set()
cancel_times = []


async def answer(reader):
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode()
    length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
    return int(head.split(" ", 2)[1]), json.loads(await asyncio.wait_for(reader.readexactly(length), 30))


async def stay(number, done):
    """Reads and writes, pipelined; each answer has to be that of its request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    count = 0
    while not done.is_set():
        count += 1
        name = f"{number}.{count}"
        body = json.dumps({"name": name})
        writer.write((f"GET /prove/echo?text={name} HTTP/1.1\r\nHost: h\r\n\r\n"
                      f"POST /prove/marks HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                      f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        status, read = await answer(reader)
        if status != 200 or read.get("text") != name:
            faults.append(f"a read of {name} got {status}: {read}")
        status, written = await answer(reader)
        if status == 201 and written.get("name") == name:
            confirmed.add(name)
        else:
            faults.append(f"a write of {name} got {status}: {written}")
            unsure.add(name)
        seen["answers of those who stay"] += 2
    writer.close()


async def leave(gate):
    """One of: within the request, right behind it, while it runs, with further requests behind it; with FIN or RST."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        path = numbers.choice(["pause", "pause", "slow-pause"])
        # Most are longer than anybody waits; each sleeps a time of its own, by which it is found again.
        sleep = numbers.choice([0, 0.003, 0.05, LONGEST_SLEEP_SECONDS]) + numbers.random() / 1000
        request = f"GET /prove/{path}?seconds={sleep:.9f} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
        if numbers.random() < 0.2:
            request += b"GET /prove/echo?text=gone HTTP/1.1\r\nHost: h\r\n\r\n" * 3
        if numbers.random() < 0.2:
            request = request[:numbers.randrange(len(request))]
            seen["left within the request"] += 1
        writer.write(request)
        await asyncio.sleep(numbers.choice([0, 0, 0.001, 0.03, 0.2]))
        if numbers.random() < 0.5:
            writer.transport.abort()
        else:
            writer.close()
        seen["left"] += 1


class Administrator:
    """One psql that stays: to start one takes longer than what is measured."""

    def __init__(self):
        self.psql = subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def ask(self, sql):
        self.psql.stdin.write(sql + ";\n\\echo .\n")
        self.psql.stdin.flush()
        rows = []
        while (line := self.psql.stdout.readline()) != ".\n":
            if not line:
                sys.exit("psql has ended")
            rows.append(line.rstrip("\n"))
        return rows

    def sleeping(self):
        """Queries that sleep, each told from the next one of its connection by when it began."""
        return set(self.ask("SELECT pid || ' ' || extract(epoch FROM query_start) FROM pg_stat_activity"
                            " WHERE wait_event = 'PgSleep'"))


administrator = Administrator()


async def cancelled_in_time(rounds):
    """How long a query that runs is still there after its client has gone."""
    loop = asyncio.get_running_loop()
    for number in range(rounds):
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        path = ["pause", "slow-pause"][number % 2]
        writer.write(f"GET /prove/{path}?seconds={LONGEST_SLEEP_SECONDS} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        end = time.monotonic() + 30
        while not (running := await loop.run_in_executor(None, administrator.sleeping)):
            if time.monotonic() > end:
                faults.append("a query never ran")
                return
        writer.transport.abort()
        left = time.monotonic()
        while running & await loop.run_in_executor(None, administrator.sleeping):
            if time.monotonic() > left + 30:
                break
        cancel_times.append(time.monotonic() - left)


async def main():
    done, gate = asyncio.Event(), asyncio.Semaphore(LEAVING_AT_ONCE)
    stayers = [asyncio.ensure_future(stay(i, done)) for i in range(STAYER_COUNT)]
    await asyncio.gather(*(leave(gate) for _ in range(LEAVER_COUNT)))
    # Everything they left behind is over, or cancelled.
    left, loop = time.monotonic(), asyncio.get_running_loop()
    while await loop.run_in_executor(None, administrator.sleeping):
        if time.monotonic() > left + 30:
            faults.append("queries that nobody waits for still run")
            break
    print(f"all queries of the last who left were gone after {time.monotonic() - left:.2f} s")
    await cancelled_in_time(40)
    done.set()
    for outcome in await asyncio.gather(*stayers, return_exceptions=True):
        if outcome is not None:
            faults.append(f"a stayer ended: {outcome!r}")


asyncio.run(main())
rows = collections.Counter(administrator.ask("SELECT name FROM prove.marks"))
faults += [f"{name} was confirmed and is not there" for name in confirmed - set(rows)]
faults += [f"{name} is there and nobody wrote it" for name in set(rows) - confirmed - unsure]
if not cancel_times:
    sys.exit("\n".join(faults[:10]))
slow = [seconds for seconds in cancel_times if seconds > CANCEL_LIMIT_SECONDS]
print(f"{dict(seen)}; writes confirmed: {len(confirmed)}, in the table: {len(rows)}")
print(f"cancelled after {sorted(cancel_times)[len(cancel_times) // 2]:.3f} s (median), {max(cancel_times):.3f} s at most,"
      f" {len(slow)} of {len(cancel_times)} after more than {CANCEL_LIMIT_SECONDS} s")
for fault in faults[:10]:
    print(fault)
print(f"{len(faults)} faults")
sys.exit(1 if faults or slow else 0)
