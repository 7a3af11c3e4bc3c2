import Testing

@Suite("Too much work", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct OverloadTests {
    private func wait(_ gate: Gate) -> String {
        "GET /probe/wait?key=\(gate.key)&name=a HTTP/1.1\r\nHost: h\r\n\r\n"
    }

    /// A request that takes the only slow connection of the server and keeps it.
    private func occupy(_ server: RunningServer, _ gate: Gate) throws -> RawConnection {
        let connection = try RawConnection(port: server.port)
        try connection.send(wait(gate))
        try eventually("the slow connection is taken") { try gate.waiterCount() == 1 }
        return connection
    }

    @Test("is answered 503 with Retry-After once the queue is full")
    func queueFull() throws {
        let server = try Probe.start([
            "PGSERVER_POOL_SLOW": "1", "PGSERVER_QUEUE_MAX": "1", "PGSERVER_QUEUE_TIMEOUT": "60s",
        ])
        defer { server.stop() }
        let gate = try Gate()
        let running = try occupy(server, gate)
        let queued = try RawConnection(port: server.port)
        try queued.send(wait(gate))
        try eventually("one waits") {
            try HTTPClient(port: server.port).get("/metrics").text.contains("pgserver_pool_waiting{class=\"slow\"} 1")
        }
        let refused = try HTTPClient(port: server.port).get("/probe/wait?key=\(gate.key)&name=a")
        #expect(refused.status == 503)
        #expect(refused.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
        try gate.open()
        #expect(try running.response().status == 200)
        #expect(try queued.response().status == 200)
    }

    @Test("is answered 503 once it has waited too long, and does not hold up the ordinary routes")
    func queueTimeout() throws {
        let server = try Probe.start(["PGSERVER_POOL_SLOW": "1", "PGSERVER_QUEUE_TIMEOUT": "100ms"])
        defer { server.stop() }
        let gate = try Gate()
        let running = try occupy(server, gate)
        #expect(try HTTPClient(port: server.port).get("/probe/wait?key=\(gate.key)&name=a").status == 503)
        #expect(try HTTPClient(port: server.port).get("/probe/echo?text=a").status == 200)
        try gate.open()
        #expect(try running.response().status == 200)
    }

    @Test("of one statement is ended at its route's timeout with 504")
    func statementTimeout() throws {
        let gate = try Gate()
        let response = try HTTPClient(port: Probe.server().port).get("/probe/brief?key=\(gate.key)")
        #expect(response.status == 504)
        #expect(try gate.waiterCount() == 0)
    }
}
