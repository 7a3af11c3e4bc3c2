import Testing

@Suite("A server that is told to stop", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct DrainTests {
    private let echo = "GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Waits until the server takes no new connection.
    private func waitUntilRefusing(_ server: RunningServer) throws {
        try eventually("new connections are refused") { (try? RawConnection(port: server.port)) == nil }
    }

    @Test("finishes what is in flight, refuses who is new, and ends with status 0")
    func inFlight() throws {
        let server = try Probe.start()
        let gate = try Gate()
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /probe/wait?key=\(gate.key)&name=slow HTTP/1.1\r\nHost: h\r\n\r\n")
        try eventually("the request runs") { try gate.waiterCount() == 1 }
        server.beginStopping()
        try waitUntilRefusing(server)
        try gate.open()
        let response = try connection.response()
        #expect(response.status == 200)
        #expect(response.header("Connection") == "close")
        #expect(try response.member("name") as? String == "slow")
        #expect(try connection.bytesUntilClosed().isEmpty)
        #expect(server.stop() == 0)
    }

    @Test("answers every request of a pipeline that it has taken")
    func pipeline() throws {
        let server = try Probe.start()
        let gate = try Gate()
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /probe/wait?key=\(gate.key)&name=slow HTTP/1.1\r\nHost: h\r\n\r\n" + echo + echo)
        try eventually("the first request runs") { try gate.waiterCount() == 1 }
        server.beginStopping()
        try waitUntilRefusing(server)
        try gate.open()
        for _ in 1...3 { #expect(try connection.response().status == 200) }
        #expect(try connection.bytesUntilClosed().isEmpty)
        #expect(server.stop() == 0)
    }

    @Test("takes the rest of a request that has begun to arrive", arguments: ["{\"na", ""])
    func arriving(_ beginning: String) throws {
        let server = try Probe.start()
        let json = "{\"name\":\"arriving \(Probe.unique())\"}"
        let head =
            "POST /probe/marks HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n"
        let connection = try RawConnection(port: server.port)
        try connection.send(echo)
        #expect(try connection.response().status == 200)
        let request = head + "\r\n" + json
        let first = beginning.isEmpty ? head : head + "\r\n" + beginning
        // The answer that comes before it shows that the beginning has been read with it.
        try connection.send(echo + first)
        #expect(try connection.response().status == 200)
        server.beginStopping()
        try waitUntilRefusing(server)
        try connection.send(String(request.dropFirst(first.count)))
        let response = try connection.response()
        #expect(response.status == 201)
        #expect(response.header("Connection") == "close")
        #expect(server.stop() == 0)
    }

    @Test("ends with status 0 whatever its threads are at", arguments: 1...6)
    func busy(_ round: Int) throws {
        let server = try Probe.start()
        // Keys are read anew by one thread while the others end.
        for _ in 0..<round * 50 { _ = try Probe.value("SELECT pg_notify('pgserver', 'keys')") }
        #expect(server.stop() == 0)
    }

    @Test("closes idle connections at once")
    func idle() throws {
        let server = try Probe.start()
        let connection = try RawConnection(port: server.port)
        try connection.send(echo)
        #expect(try connection.response().status == 200)
        server.beginStopping()
        #expect(try connection.bytesUntilClosed().isEmpty)
        #expect(server.stop() == 0)
    }

    @Test("ends with status 1 when the grace is over, and what it left running ends soon after")
    func graceOver() throws {
        let server = try Probe.start(["PGSERVER_SHUTDOWN_GRACE": "300ms"])
        let gate = try Gate()
        let connection = try RawConnection(port: server.port)
        try connection.send("GET /probe/wait?key=\(gate.key)&name=slow HTTP/1.1\r\nHost: h\r\n\r\n")
        try eventually("the request runs") { try gate.waiterCount() == 1 }
        #expect(server.stop() == 1)
        #expect(try connection.bytesUntilClosed().isEmpty)
        #expect(Subprocess.read(server.log).contains("the grace was over"))
        try eventually("its query is gone from PostgreSQL") { try gate.waiterCount() == 0 }
    }
}
