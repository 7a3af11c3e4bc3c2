"""What the benchmarks share: a throw-away cluster, the workload in it, the server, the load, and who used the CPU.

Python's standard library only. Everything that is started here is ended here, by its own number.
"""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
TENANTS = range(10, 30)
ACCOUNT_COUNT = 200_000
ISSUER = "pgserver"
LOADS = ("get", "list", "note")
STRANGERS_SHARE_MAX = 0.15      # a measurement during which others took more of the cores is made again


def say(text):
    print(text, file=sys.stderr, flush=True)


def need(*programs):
    """Ends with the name of Debian's package for each program that is missing."""
    packages = {"wrk": "wrk", "pgbench": "postgresql-contrib or postgresql-15", "psql": "postgresql-client",
                "swift": "Swift 6.2 or newer, https://www.swift.org/install/linux/"}
    missing = [packages.get(program, program) for program in programs if not shutil.which(program)]
    if missing:
        sys.exit("These are missing: " + "; ".join(missing) + ". Install them (apt-get install …) and try again.")


# ---------------------------------------------------------------- the server's executable
def build():
    """The release build; its path."""
    command = ["swift", "build", "--configuration", "release", "--product", "pg-server", "--static-swift-stdlib"]
    say("building (release)")
    subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)
    shown = subprocess.run(command + ["--show-bin-path"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return os.path.join(shown.stdout.strip(), "pg-server")


# ---------------------------------------------------------------- the cluster
class Cluster:
    """A cluster of its own in a temporary folder, stock settings but for memory: commits are durable."""

    database = "bench"

    def __init__(self):
        self.state = tempfile.mkdtemp(prefix="pg-server-bench.")
        os.chmod(self.state, 0o711)         # the cluster's user passes through it to its data
        self.login_password = secrets.token_hex(16)

    def _command(self, *arguments):
        script = os.path.join(ROOT, "deploy", "cluster.sh")
        # In a session of its own: Ctrl-C is ours to handle, and must not reach PostgreSQL before the server.
        done = subprocess.run([script, arguments[0], self.state, *arguments[1:]], stdout=subprocess.PIPE, text=True,
                              check=True, start_new_session=True)
        return done.stdout.strip()

    def start(self):
        say("starting a throw-away PostgreSQL")
        self._command("start")
        self.url = self._command("url", self.database)
        self.psql("-c", f"CREATE DATABASE {self.database}", database="postgres")
        found = re.fullmatch(r"postgresql://([^:]+):([^@]+)@([^:]+):(\d+)/.*", self.url)
        self.user, self.password, self.host, self.port = found.groups()
        self.find_postmaster()

    def find_postmaster(self):
        with open(os.path.join(self.state, "data_directory")) as file:
            pid_file = os.path.join(file.read().strip(), "postmaster.pid")
        with open(pid_file) as file:
            self.postmaster = int(file.readline())

    def psql(self, *arguments, database=None):
        """psql as the administrator; its output."""
        with open(os.path.join(self.state, "administrator_password")) as file:
            environment = dict(os.environ, PGPASSWORD=file.read().strip())
        with open(os.path.join(self.state, "port")) as file:
            port = file.read().strip()
        done = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", port, "-U", "postgres",
             "-d", database or self.database, *arguments],
            env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout.strip()

    def server_environment(self):
        return {"PGSERVER_SERVE_URL": f"postgresql://pgserver:{self.login_password}@{self.host}:{self.port}/{self.database}"}

    def remove(self):
        self._command("remove")


def deploy(executable, url, login_password=None):
    """Applies the project's files and the workload's on top of them."""
    with tempfile.TemporaryDirectory() as folder:
        for source in (os.path.join(ROOT, "sql"), os.path.join(HERE, "sql")):
            shutil.copytree(source, folder, dirs_exist_ok=True)
        environment = dict(os.environ, PGSERVER_DATABASE_URL=url, PGSERVER_JWT_ALGORITHM="HS256")
        if login_password:
            environment["PGSERVER_LOGIN_PASSWORD"] = login_password
        say("deploying sql/ and the workload")
        for command in (["migrate", "--sql", folder], ["rotate-keys", "--if-missing"]):
            done = subprocess.run([executable, *command], env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
            if done.returncode:
                raise RuntimeError(f"pg-server {command[0]} failed:\n{done.stdout[-2000:]}")


def prepare(executable):
    """A cluster with the workload in it, and its tokens."""
    cluster = Cluster()
    try:
        cluster.start()
        load(executable, cluster)
        return cluster
    except BaseException:
        cluster.remove()
        raise


def load(executable, cluster):
    """Puts the workload into a cluster that runs, and makes its tokens."""
    deploy(executable, cluster.url, cluster.login_password)
    fill(cluster, len(TENANTS), ACCOUNT_COUNT)


def fill(cluster, tenant_count, account_count):
    """Adds what is missing of so many tenants, puts so many accounts in place of those there are, and makes the tokens."""
    say(f"loading {tenant_count:,} tenants and {account_count:,} accounts")
    for file in ("tenants.sql", "accounts.sql"):
        cluster.psql("-v", f"tenant_count={tenant_count}", "-v", f"account_count={account_count}",
                     "-f", os.path.join(HERE, "sql", file))
    cluster.account_count = account_count
    # pgbench prepares its statements before any of them runs, so before the role is set.
    cluster.psql("-c", "GRANT USAGE ON SCHEMA bench, core TO pgserver")
    kid, secret = cluster.psql("-c", "SELECT kid, private_key FROM api.signing_keys() WHERE is_active").split("|")
    key = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    tokens = [sign(claims(tenant), key, kid) for tenant in range(TENANTS[0], TENANTS[0] + tenant_count)]
    cluster.tokens = os.path.join(cluster.state, f"tokens-{cluster.database}")
    with open(os.open(cluster.tokens, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(token + "\n" for token in tokens)


# ---------------------------------------------------------------- tokens
def claims(tenant):
    """What a token of the product says."""
    now = int(time.time())
    user = f"00000000-0000-4000-8001-{tenant:012}"
    return {"iss": ISSUER, "sub": user, "user_id": user, "tenant_id": f"00000000-0000-4000-8000-{tenant:012}",
            "roles": ["member"], "permissions": ["connections.write"], "is_superuser": False, "plan": "Pro",
            "tier": "Standard", "sid": f"00000000-0000-4000-8002-{tenant:012}",
            "jti": f"00000000-0000-4000-8003-{tenant:012}", "iat": now, "exp": now + 6 * 3600}


def sign(content, secret, kid):
    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode())
    text = f"{head}.{encoded(json.dumps(content).encode())}"
    return f"{text}.{encoded(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


# ---------------------------------------------------------------- the server
def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """The release server with everything on: authentication, limits, metrics and the access log, into a file."""

    scheme = "http"

    def __init__(self, executable, cluster, **options):
        self.port, self.cluster = free_port(), cluster
        self.log = os.path.join(cluster.state, "server.log")
        environment = dict(os.environ, PGSERVER_PORT=str(self.port), PGSERVER_JWT_ALGORITHM="HS256", PGSERVER_LOG="on",
                           **cluster.server_environment(), **{f"PGSERVER_{k}": str(v) for k, v in options.items() if v})
        with open(cluster.tokens) as file:
            self.tokens = file.read().split()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([executable, "serve"], env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True, preexec_fn=raise_descriptor_limit)
        self.pid = self.process.pid
        try:
            self._wait_until_ready()
            self._check()
        except BaseException:
            self.stop()
            raise

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def ask(self, method, path, tenant=None, body=None):
        connection = self.connection()
        headers = {} if body is None else {"Content-Type": "application/json"}
        if tenant:
            headers["Authorization"] = f"Bearer {self.tokens[tenant - TENANTS[0]]}"
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content

    def _wait_until_ready(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.ask("GET", "/accounts?limit=1", 13)[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        with open(self.log) as log:
            raise RuntimeError("the server did not start:\n" + log.read()[-2000:])

    def _check(self):
        """What is about to be measured gives the right answers."""
        status, body = self.ask("GET", "/accounts/acc_1000003", 13)
        assert status == 200 and json.loads(body)["name"] == "Customer number 3", (status, body)
        assert self.ask("GET", "/accounts/acc_1000004", 13)[0] == 404, "another tenant's account can be read"
        assert self.ask("GET", "/accounts/acc_1000003")[0] == 401, "nobody is asked who they are"
        status, body = self.ask("GET", "/accounts?limit=20", 13)
        page = json.loads(body)
        total = -(-(self.cluster.account_count - 3) // len(self.tokens))
        assert status == 200 and len(page["items"]) == min(20, total) and page["total"] == total, (status, body)
        status, body = self.ask("POST", "/notes", 13, '{"account_id":"acc_1000003","text":"x"}')
        assert status == 201 and "note_id" in json.loads(body), (status, body)

    def forget_log(self):
        os.truncate(self.log, 0)

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def raise_descriptor_limit():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# ---------------------------------------------------------------- who used the CPU
def processes():
    table = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    text = file.read()
            except OSError:
                continue
            fields = text[text.rindex(")") + 2:].split()
            table[int(name)] = (int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]))
    return table


def cpu_seconds(root):
    """Of a process, its descendants, and its children that have ended, which would else count backwards."""
    table = processes()
    total, todo = table[root][2], [root]
    while todo:
        pid = todo.pop()
        total += table[pid][1]
        todo += [child for child, (parent, _, _) in table.items() if parent == pid]
    return total / TICKS_PER_SECOND


def idle_seconds():
    with open("/proc/stat") as file:
        fields = file.readline().split()
    return (int(fields[4]) + int(fields[5])) / TICKS_PER_SECOND


class Watch:
    """Runs one load generator and tells what everybody used meanwhile."""

    def __init__(self, cluster, server=None):
        self.cluster, self.server = cluster, server

    def run(self, command, environment, seconds):
        time.sleep(0.3)     # what ran before may still be ending
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        before = self._now()
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=seconds + 30)
        after = self._now()
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        generator = now.ru_utime + now.ru_stime - children.ru_utime - children.ru_stime
        wall, idle, server, postgres = (b - a for a, b in zip(before, after))
        cores = wall * os.cpu_count()
        return done.stdout, {"server": server, "postgres": postgres, "generator": generator,
                             "strangers": max(0, cores - idle - server - postgres - generator) / cores, "idle": idle / cores}

    def _now(self):
        return (time.monotonic(), idle_seconds(), cpu_seconds(self.server.pid) if self.server else 0.0,
                cpu_seconds(self.cluster.postmaster))


def quietly(measure):
    """Measures; once more if strangers took too much of the cores, and keeps the quieter one."""
    first = measure()
    if first["strangers"] <= STRANGERS_SHARE_MAX:
        return first
    say(f"  again: {first['strangers']:.0%} of the cores went to others")
    return min(first, measure(), key=lambda row: row["strangers"])


# ---------------------------------------------------------------- loads
def wrk(server, load, seconds, clients=64, delay_ms=0):
    """One run of wrk: rate, latencies in µs, refusals, and CPU for each request in µs."""
    environment = dict(os.environ, LOAD=load, TOKENS=server.cluster.tokens, DELAY_MS=str(delay_ms),
                       ACCOUNTS=str(server.cluster.account_count))
    command = ["wrk", f"-t{min(2, clients)}", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", os.path.join(HERE, "load.lua"),
               f"{server.scheme}://127.0.0.1:{server.port}"]
    output, used = Watch(server.cluster, server).run(command, environment, seconds)
    found = re.search(r"^RESULT (.*)$", output, re.M)
    if not found:
        raise RuntimeError(f"wrk gave no result:\n{output}")
    row = {name: int(value) for name, value in (pair.split("=") for pair in found.group(1).split())}
    count = max(1, row["requests"])
    row.update(used, rate=row["requests"] * 1e6 / row["us"], server_us=used["server"] * 1e6 / count,
               postgres_us=used["postgres"] * 1e6 / count, generator_us=used["generator"] * 1e6 / count,
               resident=server.resident_bytes())
    return row


def context_statement():
    """The statement that the server sends before every call, from its own source."""
    path = os.path.join(ROOT, "Sources", "PgServer", "Server", "EngineSQL.swift")
    with open(path) as file:
        found = re.search(r'static let context = """\n(.*?)\n\s*"""', file.read(), re.S)
    statement = " ".join(found.group(1).split())
    parameters = set(re.findall(r"\$\d+", statement))
    if parameters != {f"${n}" for n in range(1, 9)}:
        raise RuntimeError(f"{path}: the context statement has other parameters than this benchmark knows; teach it")
    return statement


CALLS = {
    "get": """SELECT bench.get_account("id" => ('acc_' || :n)::text)""",
    "list": """SELECT r.items, r.total, r.item_count FROM bench.list_accounts("limit" => :size::core.page_limit_100) AS r""",
    "note": """SELECT bench.create_note("account_id" => ('acc_' || :n)::text, "text" => :body::text)""",
}
ROUTES = {"get": "GET /accounts/{id}", "list": "GET /accounts", "note": "POST /notes"}


def pgbench_script(load):
    """The server's pipeline for one request, with random inputs like wrk's; and the variables it needs."""
    # pgbench computes with numbers only, so texts that hold the tenant's number are put together by PostgreSQL.
    pieces = json.dumps(claims(77)).split("77")     # no other part of the claims may hold this number
    variables = {f"c{i}": piece for i, piece in enumerate(pieces)}
    claims_text = "(:c0::text" + "".join(f" || :t || :c{i}" for i in range(1, len(pieces))) + ")"
    variables.update(role="member", timeout="5000", readonly="off" if load == "note" else "on", size="20",
                     body="called the customer, no answer",
                     context=json.dumps({"request_id": "00000000-0000-4000-8004-000000000000", "address": "127.0.0.1",
                                         "route": ROUTES[load]}))
    values = {"$1": ":role", "$2": "('00000000-0000-4000-8000-0000000000' || :t)",
              "$3": "('00000000-0000-4000-8001-0000000000' || :t)", "$4": "('00000000-0000-4000-8002-0000000000' || :t)",
              "$5": claims_text, "$6": ":context", "$7": ":timeout", "$8": ":readonly"}
    context = re.sub(r"\$\d", lambda match: values[match.group()], context_statement())
    script = ("\\set i random(0, 199999)\n\\set t 10 + :i % 20\n\\set n 1000000 + :i\n"
              f"\\startpipeline\n{context};\n{CALLS[load]};\n\\endpipeline\n")
    return script, variables


def pgbench(cluster, load, seconds, clients=16):
    """One run of pgbench: what PostgreSQL alone does with the same statements in the same pipeline."""
    script, variables = pgbench_script(load)
    path = os.path.join(cluster.state, f"{load}.pgbench")
    with open(path, "w") as file:
        file.write(script)
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f", path]
    command += [f"--define={name}={value}" for name, value in variables.items()]
    environment = dict(os.environ, PGHOST=cluster.host, PGPORT=cluster.port, PGUSER="pgserver",
                       PGPASSWORD=cluster.login_password, PGDATABASE=cluster.database)
    output, used = Watch(cluster).run(command, environment, seconds)
    rate = re.search(r"tps = ([\d.]+)", output)
    failed = re.search(r"failed transactions: (\d+)", output)
    if not rate or (failed and int(failed.group(1))):
        raise RuntimeError(f"pgbench {load}:\n{output[-2000:]}")
    rate = float(rate.group(1))
    count = max(1.0, rate * seconds)
    return dict(used, rate=rate, mean=float(re.search(r"latency average = ([\d.]+)", output).group(1)) * 1000,
                postgres_us=used["postgres"] * 1e6 / count, generator_us=used["generator"] * 1e6 / count)


def end_on_signals():
    """SIGTERM unwinds like Ctrl-C, so that what was started is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def machine():
    """The line that results carry."""
    def output(*command):
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.strip()

    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
    commit = output("git", "-C", ROOT, "describe", "--always", "--dirty")
    return (f"{os.cpu_count()} cores ({model}), Linux {os.uname().release}, {output('psql', '--version')}, "
            f"{output('swift', '--version').splitlines()[0]}, commit {commit}, {time.strftime('%Y-%m-%d')}")
