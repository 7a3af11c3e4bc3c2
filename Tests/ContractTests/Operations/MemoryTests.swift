import Testing

@Suite(
    "The memory of clients", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct MemoryTests {
    private static let byteCountMax = 16 << 20

    private func start() throws -> RunningServer {
        try Probe.start(["PGSERVER_HTTP_MEMORY_MAX": "16MB", "PGSERVER_LOG": "off"])
    }

    private func metric(_ name: String, _ server: RunningServer) throws -> Int {
        let text = try HTTPClient(port: server.port).get("/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? -1
    }

    /// A request whose body begins and does not end.
    private func begin(_ byteCount: Int, of total: Int, _ server: RunningServer) throws -> RawConnection {
        let connection = try RawConnection(port: server.port)
        try connection.send(
            "POST /probe/long HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: \(total)\r\n\r\n")
        try connection.send([UInt8](repeating: 0x61, count: byteCount))
        return connection
    }

    @Test("is bounded for bodies that do not end: those that hold most are refused with 503, the others go on")
    func bodies() throws {
        let server = try start()
        defer { server.stop() }
        let small = try begin(100_000, of: 200_000, server)
        let large = try (0..<40).map { _ in try begin(1_000_000, of: 4_000_000, server) }
        try eventually("some are cut off") { try metric("http_connections_cut_off_total", server) >= 24 }
        #expect(try (1...Self.byteCountMax).contains(metric("http_held_bytes", server)))
        let text = try HTTPClient(port: server.port).get("/metrics").text
        let refused = text.firstMatch(of: /http_requests_total\{[^}]*\/probe\/long"[^}]*status="503"\} (\d+)/)
        #expect(try refused.flatMap { Int($0.1) } == metric("http_connections_cut_off_total", server))
        try small.send([UInt8](repeating: 0x61, count: 100_000))
        let answer = try small.response()
        #expect(answer.status == 200)
        #expect(try answer.member("length") as? Int == 200_000)
        withExtendedLifetime(large) {}
    }

    @Test("is given back when they have gone")
    func givenBack() throws {
        let server = try start()
        defer { server.stop() }
        do {
            let held = try (0..<8).map { _ in try begin(1_000_000, of: 4_000_000, server) }
            try eventually("it is counted") { try metric("http_held_bytes", server) >= 8_000_000 }
            #expect(held.count == 8)
        }
        try eventually("nothing is held") { try metric("http_held_bytes", server) == 0 }
        #expect(try metric("http_connections_cut_off_total", server) == 0)
    }

    @Test("is bounded for answers that nobody reads: those with most are closed")
    func answers() throws {
        let server = try start()
        defer { server.stop() }
        let request = "GET /probe/large?count=1000000 HTTP/1.1\r\nHost: h\r\n\r\n"
        let readers = try (0..<6).map { _ in
            let connection = try RawConnection(port: server.port)
            try connection.send(String(repeating: request, count: 16))
            return connection
        }
        try eventually("some are cut off") { try metric("http_connections_cut_off_total", server) > 0 }
        try eventually("the rest fits") {
            try (0...Self.byteCountMax).contains(metric("http_held_bytes", server))
        }
        #expect(try HTTPClient(port: server.port).get("/probe/echo?text=a").status == 200)
        withExtendedLifetime(readers) {}
    }
}
