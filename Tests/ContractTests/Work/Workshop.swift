@preconcurrency import Glibc
import Synchronization

@testable import PgServer

/// A database with kinds of jobs made for these tests, and what a test asks of it. Each test has a queue of its own, so
/// that no worker of another one takes its jobs.
struct Workshop {
    static let firstTenant = "11111111-1111-4111-8111-111111111111"
    static let secondTenant = "22222222-2222-4222-8222-222222222222"

    let url: String
    let queue = "q\(Probe.unique())"

    init(over url: String? = nil) throws { self.url = try url ?? Self.database.get() }

    private static let database = Result {
        let url = try TestCluster.createDeployedDatabase("workshop_\(getpid())")
        try BlockingConnection(conninfo: url).run(WorkSQL.script)
        return url
    }

    func connect() throws -> BlockingConnection { try BlockingConnection(conninfo: url) }

    /// The first value of a query's first row.
    func value(_ sql: String, _ parameters: [String?] = []) throws -> String? {
        try connect().rows(sql, parameters).first?.first.flatMap { $0 }
    }

    // MARK: Jobs

    /// Enqueues jobs, all in one transaction.
    ///
    /// - Returns: the id of the last.
    @discardableResult
    func enqueue(
        _ kind: String, _ arguments: String = "{}", count: Int = 1, tenant: String = Workshop.firstTenant,
        after delay: String = "0"
    ) throws -> String {
        let id = try value(
            """
            SELECT max(work.enqueue(
                kind => 'labour.' || $1, arguments => jsonb_build_object('name', $3 || '-' || n) || $2::jsonb, queue => $3,
                run_at => now() + $5::interval, tenant_id => $6::uuid))
            FROM generate_series(1, $4::integer) AS n
            """,
            [kind, arguments, queue, String(count), delay, tenant])
        guard let id else { throw TestFailure("nothing was enqueued") }
        return id
    }

    /// Has a job end that runs.
    func cancel(_ id: String) throws {
        try connect().run(
            """
            INSERT INTO work.job_cancels (tenant_id, job_id) SELECT j.tenant_id, j.job_id FROM work.jobs AS j
            WHERE j.job_id = \(id);
            SELECT pg_notify('pgserver_jobs', '!cancelled');
            """)
    }

    /// The state a job is in, wherever it is.
    func state(_ id: String) throws -> String? {
        try value(
            """
            SELECT j.state FROM work.jobs AS j WHERE j.job_id = $1::bigint
            UNION ALL SELECT f.state FROM work.finished_jobs AS f WHERE f.job_id = $1::bigint
            """, [id])
    }

    func finishedCount(_ state: String = "completed") throws -> Int {
        try number("SELECT count(*) FROM work.finished_jobs WHERE queue = $1 AND state = '\(state)'", [queue])
    }

    /// How many marks the jobs of this queue have left, and on how many names.
    func marks() throws -> (count: Int, names: Int) {
        let pattern = queue + "-%"
        return (
            try number("SELECT count(*) FROM labour.marks WHERE name LIKE $1", [pattern]),
            try number("SELECT count(DISTINCT name) FROM labour.marks WHERE name LIKE $1", [pattern])
        )
    }

    func number(_ sql: String, _ parameters: [String?] = []) throws -> Int {
        guard let number = try value(sql, parameters).flatMap({ Int($0) }) else {
            throw TestFailure("no number: \(sql)")
        }
        return number
    }

    // MARK: Workers

    /// Starts `pg-server work` for this queue.
    func startWorker(_ count: Int = 2, _ environment: [String: String] = [:]) throws -> RunningWorker {
        try RunningWorker(
            databaseURL: url, environment: ["PGSERVER_WORKERS": "\(queue):\(count)"].merging(environment) { $1 })
    }
}

/// A process that runs `pg-server work`.
final class RunningWorker: Sendable {
    /// Where it tells what it does.
    let log: String
    private let child: pid_t
    private let pidFile: String
    private let status = Mutex<Int32?>(nil)

    init(databaseURL: String, environment: [String: String]) throws {
        let number = Subprocess.nextNumber()
        let state = try TestCluster.stateDirectory()
        log = "\(state)/server-\(number).log"
        pidFile = "\(state)/server-\(number).pid"
        let variables = [
            "PGSERVER_DATABASE_URL": databaseURL, "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
            "PGSERVER_SHUTDOWN_GRACE": "10s",
        ]
        child = try Subprocess.start(
            Subprocess.server, ["work"], environment: variables.merging(environment) { $1 }, log: log)
        if let file = fopen(pidFile, "w") {
            fputs(String(child), file)
            fclose(file)
        }
        try eventually("the worker has started") {
            if let ended = Subprocess.statusIfEnded(child) {
                status.withLock { $0 = ended }
                throw TestFailure("the worker ended with status \(ended):\n\(Subprocess.read(log))")
            }
            return Subprocess.read(log).contains("working with")
        }
    }

    /// Asks it to stop, and does not wait.
    func beginStopping() { kill(child, SIGTERM) }

    /// Ends it without giving it time for anything.
    func kill9() { end(with: SIGKILL) }

    /// Asks it to stop and waits for its end.
    ///
    /// - Returns: its exit status.
    @discardableResult
    func stop() -> Int32 { end(with: SIGTERM) }

    @discardableResult
    private func end(with signal: Int32) -> Int32 {
        status.withLock { status in
            if let status { return status }
            kill(child, signal)
            let ended = Subprocess.wait(for: child)
            unlink(pidFile)
            status = ended
            return ended
        }
    }
}
