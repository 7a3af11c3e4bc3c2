#!/usr/bin/python3
"""Listens in a headless Chromium, with its own EventSource and WebSocket, while the server is killed and comes back.

    Tests/browser/streams.py --server PATH --state FOLDER

FOLDER is the state of a cluster of deploy/cluster.sh. Needs Debian's chromium, chromium-driver and python3-selenium.
Prints a line for each fact and ends with 1 if one is false.
"""
import argparse
import os
import sys

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "prove", "events"))
from libpq import Connection  # noqa: E402
from proof import Cluster, Node, say, wait_until  # noqa: E402

DEADLINE_SECONDS = 30

# An EventSource comes back by itself; with a WebSocket it is the page that has to.
LISTEN = """
const [token] = arguments;
const path = '/proof/events';
const socketURL = location.origin.replace('http', 'ws') + path;
const log = () => ({ connected: [], events: [], ids: [], closes: [], errors: 0 });
window.source = log(); window.socket = log(); window.bearer = log();
const take = (into, message, id) => {
    if (message.type === 'connected') into.connected.push(id);
    else { into.events.push(message.change); into.ids.push(id); }
};
source.stream = new EventSource(path + '?token=' + encodeURIComponent(token));
source.stream.addEventListener('connected', (e) => take(source, JSON.parse(e.data), e.lastEventId));
source.stream.addEventListener('event', (e) => take(source, JSON.parse(e.data), e.lastEventId));
source.stream.addEventListener('error', () => { source.errors += 1; });
const connect = (into, open) => {
    const stream = into.stream = open(into.last);
    stream.onmessage = (e) => {
        const message = JSON.parse(e.data);
        if (message.type === 'connected') into.epoch = message.epoch;
        into.last = into.epoch + '.' + message.position;
        take(into, message, into.last);
    };
    stream.onopen = () => { into.protocol = stream.protocol; };
    stream.onclose = (e) => { into.closes.push(e.code); if (!into.isOver) setTimeout(() => connect(into, open), 200); };
};
const since = (last) => last ? 'since=' + last + '&' : '';
connect(socket, (last) => new WebSocket(socketURL + '?' + since(last) + 'token=' + encodeURIComponent(token)));
connect(bearer, (last) => new WebSocket(socketURL + '?' + since(last), ['bearer', token]));
"""

STREAMS = {"EventSource": "source", "WebSocket, token in the query": "socket", "WebSocket, token as subprotocol": "bearer"}


class Page:
    def __init__(self, driver, connection, tenant):
        self._driver, self._connection, self._tenant, self.written, self.failed = driver, connection, tenant, 0, 0

    def write(self, count):
        for _ in range(count):
            self.written += 1
            self._connection.rows("SELECT proof.note($1::uuid, 1, $2::integer, 1)", self._tenant.id, self.written)

    def value(self, expression):
        return self._driver.execute_script(f"return {expression}")

    def wait(self, expression):
        WebDriverWait(self._driver, DEADLINE_SECONDS, 0.05).until(lambda _: self.value(expression))

    def check(self, what, fact, *seen):
        print(("yes  " if fact else "NO   ") + what + ("" if fact else f": {seen}"))
        self.failed += not fact

    def check_received(self, when):
        """Every stream has everything, once, in order, each with its id."""
        for title, name in STREAMS.items():
            try:
                self.wait(f"{name}.events.length >= {self.written}")
            except Exception as error:      # the check below says what is there
                say(f"{title}: {type(error).__name__}")
            events, ids = self.value(f"{name}.events"), self.value(f"{name}.ids")
            self.check(f"{title} {when}: events 1 to {self.written}, in order, with their ids",
                       events == list(range(1, self.written + 1)) and ids == [f"1.{n}" for n in events], events, ids)


def use(driver, node, tenant, connection):
    driver.get(f"http://127.0.0.1:{node.port}/openapi.json")
    page = Page(driver, connection, tenant)
    driver.execute_script(LISTEN, tenant.token)
    for name in STREAMS.values():
        page.wait(f"{name}.connected.length === 1")
    page.check("all are told where they begin", all(page.value(f"{n}.connected[0]") == "1.0" for n in STREAMS.values()))
    page.check("the subprotocol bearer is agreed upon", page.value("bearer.protocol") == "bearer")
    page.write(5)
    page.check_received("receives")

    for time in ("killed", "stopped in order"):
        if time == "killed":
            node.kill()
        else:
            node.stop()
        for title, name in list(STREAMS.items())[1:]:
            page.wait(f"{name}.closes.length > 0")
        page.wait("source.stream.readyState === EventSource.CONNECTING")
        page.write(3)
        node.start()
        wait_until("the server answers", node.is_ready)
        page.check_received(f"comes back to a server that was {time}")
        page.write(2)
        page.check_received("and goes on")
        codes = {name: page.value(f"{name}.closes[0]") for name in list(STREAMS.values())[1:]}
        expected = 1006 if time == "killed" else 1001
        page.check(f"WebSockets are closed with {expected}", set(codes.values()) == {expected}, codes)
        driver.execute_script("socket.closes = []; bearer.closes = [];")

    driver.execute_script("source.stream.close(); for (const s of [socket, bearer]) { s.isOver = true; s.stream.close(1000); }")
    page.wait("socket.closes.length > 0 && bearer.closes.length > 0")
    page.check("WebSockets that the page closes are closed cleanly",
               page.value("[socket.closes[0], bearer.closes[0]]") == [1000, 1000], page.value("socket.closes"))
    page.check("an EventSource without a valid token gives up", driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        const stream = new EventSource('/proof/events?token=nobody');
        stream.onerror = () => done(stream.readyState === EventSource.CLOSED);"""))
    return page.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--state", required=True)
    arguments = parser.parse_args()
    cluster = Cluster(arguments.state)
    node = Node(1, arguments.server, cluster)
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(option)
    options.binary_location = "/usr/bin/chromium"
    try:
        cluster.deploy(arguments.server)
        node.start()
        wait_until("the server answers", node.is_ready)
        tenant = node.register(1)
        connection = Connection(cluster.url)
        driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        try:
            driver.set_script_timeout(DEADLINE_SECONDS)
            print(f"Chromium {driver.capabilities['browserVersion']}")
            failed = use(driver, node, tenant, connection)
        finally:
            driver.quit()
    finally:
        node.stop()
    print(f"{failed} are false" if failed else "All of it is so.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
