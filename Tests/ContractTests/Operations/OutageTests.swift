import Glibc
import Testing

@testable import PgServer

@Suite(
    "Without PostgreSQL the server", .serialized,
    .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct OutageTests {
    private func mark(_ name: String, _ client: HTTPClient) throws -> HTTPResponse {
        try client.post("/probe/marks", json: "{\"name\":\"\(name)\"}")
    }

    private static let cluster: Result<OwnCluster, any Error> = Result {
        let cluster = try OwnCluster()
        atexit { try? OutageTests.cluster.get().remove() }
        return cluster
    }

    @Test("says when to try again, in every contract's words, and recovers by itself")
    func outage() throws {
        let cluster = try Self.cluster.get()
        try cluster.start()
        let server = try Probe.start(["PGSERVER_QUEUE_TIMEOUT": "300ms"], over: cluster.url)
        defer { server.stop() }
        let client = HTTPClient(port: server.port)
        #expect(try client.get("/probe/echo?text=a").status == 200)
        #expect(try mark("before", client).status == 201)

        try cluster.stop()
        for _ in 1...3 {
            for contract in RefusalShape.all {
                let response = try client.post(contract.path, json: "{\"code\":\"conflict\"}")
                try contract.expect(response, 503)
                #expect(response.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
            }
            let read = try client.get("/probe/echo?text=a")
            #expect(read.status == 503)
            #expect(read.header("Retry-After") != nil)
            #expect(try mark("during", client).status == 503)
        }
        // The health routes answer in shapes of their own, and the metrics need no database.
        #expect(try client.get("/health").member("database") as? String == "disconnected")
        let ready = try client.get("/api/ready")
        #expect(ready.status == 503)
        #expect(try ready.member("ready") as? Bool == false)
        #expect(try client.get("/api/health").member("status") as? String == "unhealthy")
        let detailed = try client.get("/api/health/detailed")
        #expect(try detailed.member("dependencies.database.status") as? String == "unhealthy")
        let metrics = try client.get("/metrics")
        #expect(metrics.status == 200)
        #expect(metrics.text.contains("pgserver_pool_connections{class=\"fast\",state=\"ready\"} 0"))

        try cluster.start()
        try eventually("reads are answered") { try client.get("/probe/echo?text=a").status == 200 }
        try eventually("the server is ready") { try client.get("/api/ready").status == 200 }
        #expect(try mark("after", client).status == 201)
        let connection = try BlockingConnection(conninfo: cluster.url)
        let rows = try connection.rows("SELECT name FROM probe.marks ORDER BY mark_id")
        #expect(rows == [["before"], ["after"]])
        // Changes of the catalog are heard of again.
        try connection.run(
            """
            SET ROLE pgserver_owner;
            SELECT api.route('GET /probe/new', 'probe.echo', auth => 'none', dialect => 'server');
            RESET ROLE;
            SELECT api.publish()
            """)
        try eventually("the new route is served") { try client.get("/probe/new?text=a").status == 200 }
    }

    @Test("answers a request that ran when PostgreSQL went, and ends in order while it is away")
    func inFlight() throws {
        let cluster = try Self.cluster.get()
        try cluster.start()
        let server = try Probe.start(["PGSERVER_QUEUE_TIMEOUT": "300ms"], over: cluster.url)
        defer { server.stop() }
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /probe/pause?seconds=4&name=a HTTP/1.1\r\nHost: h\r\n\r\n")
        let administrator = try BlockingConnection(conninfo: cluster.url)
        try eventually("the query runs") {
            try !administrator.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'").isEmpty
        }
        try cluster.stop()
        let response = try connection.response()
        #expect(response.status == 503)
        #expect(response.header("Retry-After") != nil)
        #expect(server.stop() == 0)
    }

    @Test("loses no answer and gives no wrong one when its connections are ended again and again")
    func terminated() throws {
        let url = try TestCluster.createDeployedDatabase("outage_\(Probe.unique())")
        try Probe.install(in: url)
        let server = try Probe.start(["PGSERVER_POOL_FAST": "2", "PGSERVER_REACTORS": "2"], over: url)
        defer { server.stop() }
        let administrator = try BlockingConnection(conninfo: url)
        let clients = try (0..<16).map { _ in try RawConnection(port: server.port) }
        var accepted: Set<String> = []
        var unsure: Set<String> = []
        var answeredReadCount = 0
        let roundCount = 25
        for round in 0..<roundCount {
            for (index, client) in clients.enumerated() {
                let name = "\(round).\(index)"
                let json = "{\"name\":\"\(name)\"}"
                try client.send(
                    "GET /probe/pause?seconds=0.001&name=\(name) HTTP/1.1\r\nHost: h\r\n\r\n"
                        + "POST /probe/marks HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
                        + "GET /probe/echo?text=\(name) HTTP/1.1\r\nHost: h\r\n\r\n")
            }
            if round % 2 == 0 {
                _ = try administrator.rows(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND usename = 'pgserver'
                    """)
            }
            for (index, client) in clients.enumerated() {
                let name = "\(round).\(index)"
                let (pause, mark, echo) = try (client.response(), client.response(), client.response())
                for (response, member) in [(pause, "name"), (echo, "text")] {
                    #expect([200, 503].contains(response.status))
                    if response.status == 200 {
                        answeredReadCount += 1
                        #expect(try response.member(member) as? String == name)
                    }
                }
                #expect([201, 503].contains(mark.status))
                if mark.status == 201 {
                    accepted.insert(name)
                    #expect(try mark.member("name") as? String == name)
                } else {
                    unsure.insert(name)
                }
            }
        }
        let rows = try administrator.rows("SELECT name, count(*) FROM probe.marks GROUP BY name")
        let counts = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
        #expect(counts.values.allSatisfy { $0 == "1" }, "no write was made twice")
        for name in accepted { #expect(counts[name] == "1", "an answered write was made") }
        #expect(Set(counts.keys).isSubset(of: accepted.union(unsure)))
        #expect(accepted.count > roundCount * clients.count / 4)
        #expect(answeredReadCount > roundCount * clients.count)
        try eventually("all is well again") {
            try HTTPClient(port: server.port).get("/probe/echo?text=a").status == 200
        }
    }
}
