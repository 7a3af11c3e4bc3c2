import Glibc
import Testing

@testable import PgServer

@Suite(
    "When PostgreSQL fails under load the server", .serialized,
    .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct CrashTests {
    private static let cluster: Result<OwnCluster, any Error> = Result {
        let cluster = try OwnCluster()
        atexit { try? CrashTests.cluster.get().remove() }
        try cluster.configure([("synchronous_commit", "on"), ("max_connections", "40")])
        return cluster
    }

    private func start(_ environment: [String: String] = [:]) throws -> (OwnCluster, RunningServer) {
        let cluster = try Self.cluster.get()
        try cluster.start()
        let defaults = [
            "PGSERVER_QUEUE_TIMEOUT": "300ms", "PGSERVER_REACTORS": "2", "PGSERVER_POOL_FAST": "2",
            "PGSERVER_STATEMENT_TIMEOUT": "1s",
        ]
        return (cluster, try Probe.start(defaults.merging(environment) { $1 }, over: cluster.url))
    }

    // MARK: Ends

    enum Failure: CaseIterable {
        case everyProcessKilled, oneBackendKilled, restarted
    }

    @Test("confirms no write that is lost, lets nobody hang, and comes back by itself", arguments: Failure.allCases)
    func recovers(from failure: Failure) throws {
        let (cluster, server) = try start()
        defer { server.stop() }
        let load = WriteLoad(port: server.port, clientCount: 8)
        try load.waitForSuccesses(100)
        switch failure {
        case .everyProcessKilled:
            try cluster.crash()
            try load.waitForRefusals(16)
            try cluster.start()
        case .oneBackendKilled:
            // PostgreSQL then ends all others as well, since the shared memory may be damaged.
            let victim = try #require(try cluster.backends().first)
            kill(victim, SIGKILL)
        case .restarted:
            try cluster.stop()
            try cluster.start()
        }
        try load.waitForSuccesses(100)
        try load.verify(over: cluster.url)
        #expect(server.stop() == 0)
    }

    // MARK: Silence

    enum Silence: CaseIterable {
        case oneBackend, everyBackend, everyProcess
    }

    @Test("answers everybody while processes of it hang, and goes on", arguments: Silence.allCases)
    func hangs(_ silence: Silence) throws {
        let (cluster, server) = try start()
        defer { server.stop() }
        let load = WriteLoad(port: server.port, clientCount: 8)
        try load.waitForSuccesses(100)
        // Connections that failed with the crash before this test come back one after another.
        var backends: [pid_t] = []
        try eventually("all connections stand") {
            backends = try cluster.backends()
            return backends.count == 8
        }
        let stopped =
            switch silence {
            case .oneBackend: [try #require(try cluster.backends(whoseStatementHas: "probe.").first)]
            case .everyBackend: backends
            case .everyProcess: try cluster.processes()
            }
        for process in stopped { kill(process, SIGSTOP) }
        defer { for process in stopped { kill(process, SIGCONT) } }
        let client = HTTPClient(port: server.port)
        switch silence {
        case .oneBackend, .everyBackend: try load.waitForSuccesses(100)
        case .everyProcess: try load.waitForRefusals(16)
        }
        if silence != .everyProcess {
            // Those that hang are replaced, each as soon as it has kept a transaction for too long.
            try eventually("a connection is given up") {
                let text = try client.get("/metrics").text
                return text.contains(/pgserver_watchdog_kills_total\{class="fast"\} [1-9]/)
            }
        }
        for process in stopped { kill(process, SIGCONT) }
        try load.waitForSuccesses(100)
        try load.verify(over: cluster.url)
        #expect(server.stop() == 0)
    }

    // MARK: No room

    @Test("answers 503 while others have taken all of its connections, and comes back when there is one")
    func noConnections() throws {
        let (cluster, server) = try start(["PGSERVER_REACTORS": "1"])
        defer { server.stop() }
        let client = HTTPClient(port: server.port)
        #expect(try client.get("/probe/echo?text=a").status == 200)
        var others = [try cluster.connect()]
        try eventually("others have them all") {
            _ = try others[0].rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pgserver'")
            while let other = try? cluster.connect() { others.append(other) }
            return try others[0].rows("SELECT 1 FROM pg_stat_activity WHERE usename = 'pgserver'").isEmpty
        }
        for _ in 1...3 {
            let response = try client.get("/probe/echo?text=a")
            #expect(response.status == 503)
            #expect(response.header("Retry-After") != nil)
        }
        #expect(try client.get("/api/ready").status == 503)
        #expect(try client.get("/metrics").status == 200)
        let late = try Subprocess.run(
            Subprocess.server, ["serve"],
            environment: [
                "PGSERVER_DATABASE_URL": cluster.url, "PGSERVER_LOGIN_PASSWORD": TestCluster.serverPassword,
                "PGSERVER_PORT": "1",
            ])
        #expect(late.status == 1)
        #expect(late.text.contains("cannot start: PostgreSQL: "))
        others = []
        try eventually("reads are answered") { try client.get("/probe/echo?text=a").status == 200 }
        try eventually("it is ready") { try client.get("/api/ready").status == 200 }
    }

    @Test("says 503, and keeps its connections, when PostgreSQL has no room on its disk")
    func diskFull() throws {
        let (cluster, server) = try start()
        defer { server.stop() }
        // The words of PostgreSQL for it; a disk that is really full is met in Tests/prove/outages.sh.
        try cluster.connect().run(
            """
            SET ROLE pgserver_owner;
            CREATE OR REPLACE FUNCTION probe.full() RETURNS json LANGUAGE plpgsql
            VOLATILE PARALLEL UNSAFE SECURITY INVOKER
            AS $$ BEGIN RAISE disk_full USING MESSAGE = 'could not extend file "base/1/2"'; END; $$;
            COMMENT ON FUNCTION probe.full() IS 'For the tests.';
            GRANT EXECUTE ON FUNCTION probe.full() TO anon, member;
            SELECT api.route('POST /probe/full', 'probe.full', auth => 'none', dialect => 'server');
            RESET ROLE;
            SELECT api.publish()
            """)
        let client = HTTPClient(port: server.port)
        try eventually("the route is served") { try client.post("/probe/full", json: "{}").status != 404 }
        let before = try cluster.backends()
        let response = try client.post("/probe/full", json: "{}")
        #expect(response.status == 503)
        #expect(response.header("Retry-After") != nil)
        #expect(!response.text.contains("extend"))
        #expect(try Set(cluster.backends()) == Set(before))
        #expect(server.stop() == 0)
        #expect(Subprocess.read(server.log).contains("53100"), "the operator is told why")
    }

    @Test("serves on when its log has no room on the disk, and counts what is lost")
    func fullLog() throws {
        let cluster = try Self.cluster.get()
        try cluster.start()
        let server = try RunningServer(databaseURL: cluster.url, output: "/dev/full")
        defer { server.stop() }
        let client = HTTPClient(port: server.port)
        for _ in 1...50 { #expect(try client.get("/probe/echo?text=a").status == 200) }
        try eventually("the lost lines are counted") {
            let text = try client.get("/metrics").text
            let count = text.firstMatch(of: /\npgserver_log_lines_dropped_total (\d+)/).flatMap { Int($0.1) }
            return (count ?? 0) >= 50
        }
        #expect(server.stop() == 0)
        let told = Subprocess.read(server.log).split(separator: "\n").filter {
            $0.contains("the log cannot be written")
        }
        #expect(told.count == 1)
    }
}
