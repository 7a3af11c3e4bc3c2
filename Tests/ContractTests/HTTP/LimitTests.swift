import Testing

/// A server with small limits, each tried at its value and one past it.
@Suite("A limit", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct LimitTests {
    private static let narrow = Result {
        try Probe.start([
            "PGSERVER_HTTP_LINE_MAX": "8192", "PGSERVER_HTTP_HEADER_COUNT_MAX": "8", "PGSERVER_HTTP_BODY_MAX": "64",
        ])
    }

    /// Sends a request and gives the status of its answer.
    private func status(_ request: String, _ server: RunningServer? = nil) throws -> Int {
        let connection = try RawConnection(port: (server ?? Self.narrow.get()).port)
        try connection.send(request)
        return try connection.response().status
    }

    @Test("of the request line holds for every byte of it")
    func requestLine() throws {
        let rest = "GET /probe/echo?text= HTTP/1.1"
        for (count, expected) in [(8192, 200), (8193, 414)] {
            let text = String(repeating: "a", count: count - rest.utf8.count)
            #expect(try status("GET /probe/echo?text=\(text) HTTP/1.1\r\nHost: h\r\n\r\n") == expected)
        }
    }

    @Test("of a field line holds for its name, colon and value")
    func fieldLine() throws {
        for (count, expected) in [(8192, 200), (8193, 431)] {
            let field = "A: " + String(repeating: "a", count: count - 3)
            #expect(try status("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n") == expected)
        }
    }

    @Test("of the number of fields counts every line")
    func fieldCount() throws {
        for (count, expected) in [(8, 200), (9, 431)] {
            let fields = (1..<count).map { "A\($0): b\r\n" }.joined()
            #expect(try status("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\(fields)\r\n") == expected)
        }
    }

    @Test("of the whole head counts the request line, every field and every line's end")
    func head() throws {
        let server = try Probe.start(["PGSERVER_HTTP_HEADER_MAX": "1024"])
        defer { server.stop() }
        let frame = "GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\nA: \r\n\r\n"
        for (count, expected) in [(1024, 200), (1025, 431)] {
            let value = String(repeating: "a", count: count - frame.utf8.count)
            #expect(
                try status("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\nA: \(value)\r\n\r\n", server) == expected)
        }
    }

    @Test(
        "of the body is the server's, unless the route states a smaller or a larger one",
        arguments: [("/probe/bytes", 64), ("/probe/short", 16), ("/probe/long", 4 << 20)])
    func body(_ target: String, _ limit: Int) throws {
        for (count, expected) in [(limit, 200), (limit + 1, 413)] {
            let body = String(repeating: "a", count: count)
            let head = "POST \(target) HTTP/1.1\r\nHost: h\r\n"
            #expect(try status(head + "Content-Length: \(count)\r\n\r\n" + (expected == 200 ? body : "")) == expected)
            let size = String(count, radix: 16)
            #expect(
                try status(
                    head + "Transfer-Encoding: chunked\r\n\r\n\(size)\r\n"
                        + (expected == 200 ? "\(body)\r\n0\r\n\r\n" : "")) == expected)
        }
    }

    // MARK: Times

    private static let hasty = Result {
        try Probe.start([
            "PGSERVER_HTTP_FIRST_BYTE_TIMEOUT": "300ms", "PGSERVER_HTTP_HEAD_TIMEOUT": "300ms",
            "PGSERVER_HTTP_BODY_TIMEOUT": "300ms", "PGSERVER_HTTP_IDLE_TIMEOUT": "300ms",
        ])
    }

    @Test("of the time to the first byte ends a silent connection without a word")
    func firstByte() throws {
        let connection = try RawConnection(port: Self.hasty.get().port)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("of the time between two requests ends an idle connection without a word")
    func idle() throws {
        let connection = try RawConnection(port: Self.hasty.get().port)
        try connection.send("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try connection.response().status == 200)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("of the time to a whole head is told with 408, also behind a request that went well")
    func slowHead() throws {
        let connection = try RawConnection(port: Self.hasty.get().port)
        try connection.send("GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\nGET /probe HTTP/1.1\r\nHo")
        #expect(try connection.response().status == 200)
        let response = try connection.response()
        #expect(response.status == 408)
        #expect(response.header("Connection") == "close")
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test(
        "of the time to a whole body is told with 408 in the contract's words",
        arguments: RefusalShape.all)
    func slowBody(_ contract: RefusalShape) throws {
        let connection = try RawConnection(port: Self.hasty.get().port)
        try connection.send("POST \(contract.path) HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{\"co")
        try contract.expect(connection.response(), 408)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("of time runs for the next request too while an answer is awaited, and does not touch that answer")
    func behindSlow() throws {
        let gate = try Gate()
        let connection = try RawConnection(port: Self.hasty.get().port)
        try connection.send("GET /probe/wait?key=\(gate.key)&name=first HTTP/1.1\r\nHost: h\r\n\r\nGET /probe HT")
        try eventually("the first request runs") { try gate.waiterCount() == 1 }
        try eventually("the second has been refused") {
            try HTTPClient(port: Self.hasty.get().port).get("/metrics").text.contains(
                /http_requests_total\{[^}]*status="408"\} [1-9]/)
        }
        try gate.open()
        #expect(try connection.response().member("name") as? String == "first")
        #expect(try connection.response().status == 408)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("of time does not run while PostgreSQL works")
    func slowAnswer() throws {
        let gate = try Gate()
        let connection = try RawConnection(port: Self.hasty.get().port)
        try connection.send("GET /probe/wait?key=\(gate.key)&name=first HTTP/1.1\r\nHost: h\r\n\r\n")
        try eventually("the request runs") { try gate.waiterCount() == 1 }
        // A connection that is opened now and stays idle is closed for it; the other one outlives it.
        let idle = try RawConnection(port: Self.hasty.get().port)
        #expect(try idle.bytesUntilClosed().isEmpty)
        try gate.open()
        #expect(try connection.response().member("name") as? String == "first")
    }

    // MARK: Numbers

    @Test("of connections is told with 503 and Retry-After, and ends when one of them does")
    func connections() throws {
        let server = try Probe.start(["PGSERVER_HTTP_CONNECTIONS_MAX": "2"])
        defer { server.stop() }
        let request = "GET /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\n"
        var held: [RawConnection] = []
        for _ in 1...2 {
            let connection = try RawConnection(port: server.port)
            try eventually("the server has a place free") {  // one that asked whether it is ready may not be gone yet
                try connection.send(request)
                return try connection.response().status == 200
            }
            held.append(connection)
        }
        for _ in 1...3 {
            let over = try RawConnection(port: server.port)
            try over.send(request)
            let response = try over.response()
            #expect(response.status == 503)
            #expect(response.header("Retry-After") == "1")
            #expect(try over.bytesUntilClosed().isEmpty)
        }
        held.removeLast()
        try eventually("a new connection is served") {
            let next = try RawConnection(port: server.port)
            try next.send(request)
            return try next.response().status == 200
        }
        try held[0].send(request)
        #expect(try held[0].response().status == 200)
    }

    @Test("of what waits for a slow reader is kept: its further requests are not begun, and it is cut off")
    func slowReader() throws {
        let server = try Probe.start(["PGSERVER_HTTP_IDLE_TIMEOUT": "500ms", "PGSERVER_HTTP_PIPELINE_MAX": "4"])
        defer { server.stop() }
        let name = "slow reader \(Probe.unique())"
        let requestCount = 100
        let json = "{\"name\":\"\(name)\",\"count\":1000000}"
        let request =
            "POST /probe/pour HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)"
        let reader = try RawConnection(port: server.port)
        try reader.send(String(repeating: request, count: requestCount))
        try eventually("its connection is given up") {
            try HTTPClient(port: server.port).get("/metrics").text.contains("\nhttp_connections_open 1\n")
        }
        #expect(try Probe.markCount(name) < requestCount / 2)
        #expect(try Probe.markCount(name) > 0)
    }
}
