import Testing

@testable import PgServer

@Suite("A job", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct JobTests {
    @Test("is done as role worker of its tenant, and its result is kept")
    func completed() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let id = try shop.enqueue("mark", tenant: Workshop.secondTenant)
        try eventually("it is done") { try shop.state(id) == "completed" }
        let rows = try shop.connect().rows(
            "SELECT f.result ->> 'marked', f.attempt, f.failures FROM work.finished_jobs AS f WHERE f.job_id = $1",
            [id])
        #expect(rows == [[shop.queue + "-1", "1", "0"]])
        let mark = try shop.connect().rows(
            "SELECT tenant_id, role FROM labour.marks WHERE name = $1", [shop.queue + "-1"])
        #expect(mark == [[Workshop.secondTenant, "worker"]])
    }

    @Test("that was enqueued before the worker started is found, however many there are")
    func found() throws {
        let shop = try Workshop()
        try shop.enqueue("mark", count: 1000)
        let worker = try shop.startWorker(4)
        defer { worker.stop() }
        try eventually("all are done") { try shop.finishedCount() == 1000 }
        #expect(try shop.marks() == (1000, 1000))
    }

    @Test("is not begun before it is due")
    func due() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let later = try shop.enqueue("mark", after: "1200 ms")
        let now = try shop.enqueue("mark")
        try eventually("both are done") { try shop.finishedCount() == 2 }
        let rows = try shop.connect().rows(
            """
            SELECT f.started_at >= f.run_at, f.job_id = $1::bigint
            FROM work.finished_jobs AS f WHERE f.queue = $2 ORDER BY f.started_at
            """, [later, shop.queue])
        #expect(rows == [["t", "f"], ["t", "t"]])
        #expect(now != later)
    }

    @Test("that fails leaves nothing behind, is tried again with growing pauses, and is parked in the end")
    func parked() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let id = try shop.enqueue("refuse")
        try eventually("it is parked") { try shop.state(id) == "failed" }
        let rows = try shop.connect().rows(
            """
            SELECT j.attempt, j.failures, jsonb_array_length(j.errors), j.errors #>> '{0,code}', j.errors #>> '{2,message}'
            FROM work.jobs AS j WHERE j.job_id = $1
            """, [id])
        #expect(rows == [["3", "3", "3", "P0001", "this job is never done"]])
        #expect(try shop.marks().count == 0)
        try eventually("it is logged") {
            Subprocess.read(worker.log).split(separator: "\n").contains {
                $0.contains("\"message\":\"job\"") && $0.contains("\"job_id\":\"\(id)\"")
                    && $0.contains("\"outcome\":\"failed\"")
            }
        }
    }

    @Test("that takes longer than it may is stopped")
    func timeout() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let id = try shop.enqueue("sleep")
        try eventually("it is parked") { try shop.state(id) == "failed" }
        #expect(try shop.value("SELECT errors #>> '{0,code}' FROM work.jobs WHERE job_id = $1", [id]) == "timeout")
        // The worker goes on.
        let next = try shop.enqueue("mark")
        try eventually("the next is done") { try shop.state(next) == "completed" }
    }

    @Test("that is cancelled while it runs ends at once, and what it did is undone")
    func cancelled() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let gate = try Gate(over: shop.connect())
        let id = try shop.enqueue("wait", "{\"key\":\(gate.key)}")
        try eventually("it runs") { try gate.waiterCount() == 1 }
        // Its lease is 30 s: it is the notification by which the worker hears.
        try shop.cancel(id)
        try eventually("it is cancelled") { try shop.state(id) == "cancelled" }
        #expect(try gate.waiterCount() == 0)
        #expect(try shop.marks().count == 0)
    }

    @Test("tells how far it is before it is committed")
    func progress() throws {
        let shop = try Workshop()
        let worker = try shop.startWorker()
        defer { worker.stop() }
        let gate = try Gate(over: shop.connect())
        let id = try shop.enqueue("wait", "{\"key\":\(gate.key)}")
        try eventually("its progress is seen") {
            try shop.value("SELECT progress ->> 'message' FROM work.job_progress WHERE job_id = $1", [id]) == "half"
        }
        #expect(try gate.waiterCount() == 1, "it is still under way")
        #expect(try shop.marks().count == 0)
        try gate.open()
        try eventually("it is done") { try shop.state(id) == "completed" }
    }

    @Test("of a tenant with one does not wait for those of a tenant with ten thousand")
    func fairness() throws {
        let shop = try Workshop()
        try shop.enqueue("mark", count: 10_000)
        let id = try shop.enqueue("mark", tenant: Workshop.secondTenant)
        let worker = try shop.startWorker(1)
        defer { worker.stop() }
        try eventually("it is done") { try shop.state(id) == "completed" }
        let before = try shop.number(
            """
            SELECT count(*) FROM work.finished_jobs AS f
            WHERE f.queue = $1 AND f.started_at < (
                SELECT o.started_at FROM work.finished_jobs AS o WHERE o.job_id = $2::bigint)
            """, [shop.queue, id])
        #expect(before < 10, "it was in one of the first claims")
    }

    @Test("of a tenant that comes late overtakes thousands that wait")
    func overtaking() throws {
        let shop = try Workshop()
        try shop.enqueue("mark", count: 10_000)
        let worker = try shop.startWorker(1)
        defer { worker.stop() }
        try eventually("some are done") { try shop.finishedCount() >= 100 }
        let id = try shop.enqueue("mark", tenant: Workshop.secondTenant)
        try eventually("it is done") { try shop.state(id) == "completed" }
        // Those of the other tenant that were claimed after it was there: at most what one claim deals out.
        let between = try shop.number(
            """
            SELECT count(*) FROM work.finished_jobs AS f, work.finished_jobs AS o
            WHERE f.queue = $1 AND o.job_id = $2::bigint AND f.started_at > o.enqueued_at AND f.started_at < o.started_at
            """, [shop.queue, id])
        #expect(between < 1000)
    }

    @Test("is enqueued by a schedule once, however many workers look")
    func schedules() throws {
        let shop = try Workshop()
        let name = shop.queue
        try shop.connect().run(
            """
            SELECT work.schedule('\(name)', '* * * * *', 'labour.mark', '{"name": "\(name)-1"}', queue => '\(name)',
                tenant_id => '\(Workshop.firstTenant)');
            UPDATE work.schedule_clocks AS c SET next_run_at = date_trunc('minute', now()) - interval '1 hour'
            FROM work.schedules AS s WHERE s.schedule_id = c.schedule_id AND s.name = '\(name)';
            """)
        let first = try shop.startWorker()
        let second = try shop.startWorker()
        defer {
            first.stop()
            second.stop()
        }
        try eventually("it has run") { try shop.finishedCount() >= 1 }
        let runs = try shop.connect().rows(
            """
            SELECT count(*), count(DISTINCT f.arguments #>> '{schedule,run_at}') FROM work.finished_jobs AS f
            WHERE f.queue = $1
            """, [name])
        #expect(runs.first.map { $0[0] == $0[1] } == true, "each of its runs is one job")
    }
}
