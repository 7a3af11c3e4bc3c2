"""What the proofs that kill have alike: a PostgreSQL to kill, processes of the server to kill, and patience."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 300


class Cluster:
    """PostgreSQL, which is killed in two ways: as a whole, and by one process of it, after which it restarts itself."""

    def __init__(self, state):
        self.state = state
        self.url = self.command("url").strip()
        self.data = (pathlib.Path(state) / "data_directory").read_text().strip()

    def command(self, *words):
        return subprocess.run(
            [ROOT / "deploy/cluster.sh", words[0], self.state, *words[1:]], check=True, capture_output=True, text=True,
            timeout=120).stdout

    def ask(self, sql, url=None):
        """The lines of an answer; None if there was none."""
        answer = subprocess.run(
            ["psql", "--no-psqlrc", "-Atq", "--set=ON_ERROR_STOP=1", url or self.url], input=sql, capture_output=True,
            text=True, timeout=120)
        if answer.returncode not in (0, 2) and "server closed the connection" not in answer.stderr \
                and "terminating connection" not in answer.stderr and "recovery mode" not in answer.stderr:
            raise SystemExit(f"psql: {answer.stderr}")
        return answer.stdout.splitlines() if answer.returncode == 0 else None

    def number(self, sql):
        answer = self.ask(sql)
        return int(answer[0]) if answer else None

    def processes(self):
        """The postmaster's number and those of its children: all that run in the folder of the data."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "cwd") == self.data:
                    found[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass  # it has just ended
        postmasters = [pid for pid, parent in found.items() if parent not in found]
        return postmasters, [pid for pid in found if pid not in postmasters]

    def kill_whole(self):
        for pid in self.processes()[0]:
            kill(pid)
        until("what is left of PostgreSQL ends", lambda: not any(self.processes()))
        url = self.command("start") and self.command("url").strip()
        if url != self.url:
            raise SystemExit("PostgreSQL came back on another port")

    def kill_one(self):
        children = self.processes()[1]
        if children:
            kill(random.choice(children))
        until("PostgreSQL has recovered", lambda: self.ask("SELECT 1") is not None)


class Process:
    """One process of the server, begun again whenever it ends."""

    def __init__(self, command, environment, log):
        self.command, self.environment, self.log = command, environment, log
        self.child = None
        self.ended_alone = 0
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            self.child = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT)

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.start()

    def keep(self):
        """Without PostgreSQL it does not start, which is no fault."""
        status = self.child.poll()
        if status is not None:
            if status < 0:
                raise SystemExit(f"a process of the server crashed with signal {-status}; see {self.log}")
            self.ended_alone += 1
            self.start()

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it was faster


def until(what, condition, seconds=PATIENCE_SECONDS, meanwhile=None):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds} s: {what}")
        if meanwhile:
            meanwhile()
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
