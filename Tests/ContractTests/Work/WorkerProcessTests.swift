import Testing

@testable import PgServer

@Suite("A worker", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct WorkerProcessTests {
    @Test("that is told to stop finishes what it runs, begins nothing new, and ends with status 0")
    func finishes() throws {
        let shop = try Workshop()
        let gate = try Gate(over: shop.connect())
        let worker = try shop.startWorker(1)
        let running = try shop.enqueue("wait", "{\"key\":\(gate.key)}")
        try eventually("it runs") { try gate.waiterCount() == 1 }
        worker.beginStopping()
        try eventually("the worker stops") { Subprocess.read(worker.log).contains("stopping") }
        let waiting = try shop.enqueue("mark")
        try gate.open()
        #expect(worker.stop() == 0)
        #expect(try shop.state(running) == "completed")
        #expect(try shop.state(waiting) == "waiting")
    }

    @Test("that is told to stop cancels what takes too long and gives it back, which counts as no failure")
    func givesBack() throws {
        let shop = try Workshop()
        let gate = try Gate(over: shop.connect())
        let worker = try shop.startWorker(1, ["PGSERVER_SHUTDOWN_GRACE": "20s"])
        let ids = try (1...2).map { _ in try shop.enqueue("wait", "{\"key\":\(gate.key)}") }
        try eventually("one runs") { try gate.waiterCount() == 1 }
        #expect(worker.stop() == 0)
        #expect(Subprocess.read(worker.log).contains("pg-server: stopped\n"))
        for id in ids {
            #expect(try shop.state(id) == "waiting")
            #expect(try shop.number("SELECT failures FROM work.jobs WHERE job_id = $1", [id]) == 0)
        }
        #expect(try gate.waiterCount() == 0)
        #expect(try shop.marks().count == 0)
    }

    @Test("works for its own queues alone")
    func queues() throws {
        let (mine, others) = (try Workshop(), try Workshop())
        let foreign = try others.enqueue("mark")
        let worker = try mine.startWorker()
        defer { worker.stop() }
        let id = try mine.enqueue("mark")
        try eventually("it is done") { try mine.state(id) == "completed" }
        #expect(try others.state(foreign) == "waiting")
    }

    @Test("serves nothing, and is refused without workers")
    func commands() throws {
        let shop = try Workshop()
        let none = try Subprocess.run(
            Subprocess.server, ["work"],
            environment: [
                "PGSERVER_DATABASE_URL": shop.url, "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
                "PGSERVER_WORKERS": "0",
            ])
        #expect(none.status == 1)
        #expect(none.text.contains("PGSERVER_WORKERS"))
        let help = try Subprocess.run(Subprocess.server, ["work", "--help"])
        #expect(help.status == 0)
        #expect(help.text.contains("pg-server work"))
    }

    @Test("runs beside the server's requests, and /metrics tells of it")
    func serving() throws {
        let shop = try Workshop()
        let server = try RunningServer(databaseURL: shop.url, environment: ["PGSERVER_WORKERS": "\(shop.queue):3"])
        defer { server.stop() }
        let gate = try Gate(over: shop.connect())
        try shop.enqueue("mark", count: 20)
        let parked = try shop.enqueue("refuse")
        try eventually("they are done") { try shop.finishedCount() == 20 && shop.state(parked) == "failed" }
        let waiting = try shop.enqueue("wait", "{\"key\":\(gate.key)}")
        try eventually("another runs") { try gate.waiterCount() == 1 }

        let page = try MetricsTests.Page(HTTPClient(port: server.port).get("/metrics").text)
        #expect(page["pgserver_jobs_total", ["kind": "labour.mark", "outcome": "completed"]] == 20)
        #expect(page["pgserver_jobs_total", ["kind": "labour.refuse", "outcome": "retrying"]] == 2)
        #expect(page["pgserver_jobs_total", ["kind": "labour.refuse", "outcome": "failed"]] == 1)
        #expect(page["pgserver_job_duration_seconds_count", ["kind": "labour.mark"]] == 20)
        #expect(page["pgserver_workers", ["queue": shop.queue]] == 3)
        #expect(page["pgserver_jobs_running", ["queue": shop.queue]] == 1)
        #expect(page["pgserver_jobs_claimed_total"] == 24)
        #expect(page["pgserver_job_start_delay_seconds_count"] == 24)
        #expect(page["pgserver_jobs_listening"] == 1)
        #expect((page["pgserver_job_claims_total"] ?? 0) > 0)
        #expect(page["pgserver_pool_connections", ["class": "jobs", "state": "ready"]] == 3)
        try gate.open()
        try eventually("it is done") { try shop.state(waiting) == "completed" }
    }

    @Test("is absent from a node that only serves")
    func none() throws {
        let shop = try Workshop()
        let server = try RunningServer(databaseURL: shop.url, environment: ["PGSERVER_WORKERS": "0"])
        defer { server.stop() }
        let page = try MetricsTests.Page(HTTPClient(port: server.port).get("/metrics").text)
        #expect(page.types["pgserver_workers"] == "gauge")
        #expect(!page.values.keys.contains { $0.name == "pgserver_workers" || $0.labels["class"] == "jobs" })
        #expect(!Subprocess.read(server.log).contains("workers"))
        #expect(server.stop() == 0)
    }
}
