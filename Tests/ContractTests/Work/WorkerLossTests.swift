import Testing

@testable import PgServer

@Suite("When a worker or PostgreSQL is lost", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct WorkerLossTests {
    @Test("the job of a worker that was killed runs again elsewhere, and has been done once")
    func killed() throws {
        let shop = try Workshop()
        let gate = try Gate(over: shop.connect())
        let first = try shop.startWorker(1, ["PGSERVER_JOB_LEASE": "1s"])
        defer { first.stop() }
        let id = try shop.enqueue("wait", "{\"key\":\(gate.key)}")
        try eventually("it runs") { try gate.waiterCount() == 1 }
        first.kill9()
        let second = try shop.startWorker(1, ["PGSERVER_JOB_LEASE": "1s"])
        defer { second.stop() }
        try eventually("it runs elsewhere") {
            try gate.waiterCount() == 1 && shop.number("SELECT attempt FROM work.jobs WHERE job_id = $1", [id]) == 2
        }
        try gate.open()
        try eventually("it is done") { try shop.state(id) == "completed" }
        #expect(try shop.marks() == (1, 1))
        let code = try shop.value("SELECT errors #>> '{0,code}' FROM work.finished_jobs WHERE job_id = $1", [id])
        #expect(code == "worker_lost")
    }

    @Test("no job is lost and none is done twice while workers are killed and their connections are cut")
    func chaos() throws {
        let shop = try Workshop()
        let jobCount = 3000
        try shop.enqueue("mark", count: jobCount)
        let environment = ["PGSERVER_JOB_LEASE": "1s"]
        var workers = try (1...2).map { _ in try shop.startWorker(3, environment) }
        defer { for worker in workers { worker.stop() } }
        let cut = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = 'pgserver worker' AND datname = current_database() AND query LIKE '%run_job%'
            """
        // At a dozen points of the work, so that it is cut off in different places.
        for round in 1...12 {
            let goal = jobCount * round / 14
            try eventually("work goes on") { try shop.finishedCount() >= goal }
            if round % 3 == 0 {
                workers[round % 2].kill9()
                workers[round % 2] = try shop.startWorker(3, environment)
            } else {
                _ = try shop.value(cut)
            }
        }
        try eventually("all are done", within: .seconds(120)) { try shop.finishedCount() == jobCount }
        #expect(try shop.marks() == (jobCount, jobCount))
        #expect(try shop.number("SELECT count(*) FROM work.jobs WHERE queue = $1", [shop.queue]) == 0)
    }

    @Test("the worker goes on by itself when PostgreSQL comes back")
    func outage() throws {
        let cluster = try OwnCluster()
        defer { cluster.remove() }
        try BlockingConnection(conninfo: cluster.url).run(WorkSQL.script)
        let shop = try Workshop(over: cluster.url)
        let worker = try shop.startWorker(2, ["PGSERVER_JOB_LEASE": "2s"])
        defer { worker.stop() }
        let key = Probe.unique()
        let id: String
        do {
            let gate = try shop.connect()
            _ = try gate.rows("SELECT pg_advisory_lock($1)", [String(key)])
            id = try shop.enqueue("wait", "{\"key\":\(key)}")
            try eventually("it runs") {
                try shop.number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 1
            }
            try cluster.stop()
        }
        try cluster.start()
        // Nobody holds the gate any more.
        try eventually("it is done") { try shop.state(id) == "completed" }
        let next = try shop.enqueue("mark")
        try eventually("and the next one too") { try shop.state(next) == "completed" }
        #expect(try shop.marks() == (2, 1), "both bear the name of the queue's first job")
        #expect(worker.stop() == 0)
    }
}
