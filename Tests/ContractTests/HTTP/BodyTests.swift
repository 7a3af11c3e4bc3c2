import Testing

@Suite("A request body", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct BodyTests {
    private func head(_ method: String, _ target: String, _ fields: String) -> String {
        "\(method) \(target) HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"
    }

    private let next = "GET /probe/echo?text=next HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Expects the digest of `body`, and that the request behind it was found where the body ends.
    private func expect(_ body: String, on connection: RawConnection) throws {
        let response = try connection.response()
        #expect(response.status == 200)
        #expect(try response.member("length") as? Int == body.utf8.count)
        let md5 = try Probe.value("SELECT md5($1)", [body])
        #expect(try response.member("md5") as? String == md5)
        #expect(try connection.response().member("text") as? String == "next")
    }

    @Test("is read as long as Content-Length says, whatever the method", arguments: ["POST", "PUT", "DELETE"])
    func contentLength(_ method: String) throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head(method, "/probe/bytes", "Content-Length: 5\r\n") + "12345" + next)
        try expect("12345", on: connection)
    }

    @Test("is read and ignored where the method gives it no meaning (RFC 9110 §9.3.1)", arguments: ["GET", "HEAD"])
    func meaningless(_ method: String) throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head(method, "/probe/echo?text=a", "Content-Length: 5\r\n") + "12345" + next)
        #expect(try connection.response(to: method).status == 200)
        #expect(try connection.response().member("text") as? String == "next")
    }

    @Test(
        "is put together from its chunks, and neither extensions nor trailers become part of it (RFC 9112 §7.1)",
        arguments: [
            ("0\r\n\r\n", ""), ("5\r\n12345\r\n0\r\n\r\n", "12345"), ("1\r\n1\r\n4\r\n2345\r\n0\r\n\r\n", "12345"),
            ("005;a=b;c=\"d\"\r\n12345\r\n0;e\r\n\r\n", "12345"),
            ("5\r\n12345\r\n0\r\nHost: other\r\nContent-Length: 99\r\n\r\n", "12345"),
        ])
    func chunked(_ chunks: String, _ body: String) throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", "/probe/bytes", "Transfer-Encoding: chunked\r\n") + chunks + next)
        try expect(body, on: connection)
    }

    @Test("may come in many small chunks, up to its limit")
    func smallChunks() throws {
        let count = HTTPLimitsOfProbe.bodyByteCountMax
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", "/probe/bytes", "Transfer-Encoding: chunked\r\n"))
        try connection.send(String(repeating: "10\r\n0123456789abcdef\r\n", count: count / 16) + "0\r\n\r\n" + next)
        try expect(String(repeating: "0123456789abcdef", count: count / 16), on: connection)
    }

    @Test("of several megabytes is taken where the route allows it")
    func large() throws {
        let body = String(repeating: "x", count: 4 << 20)
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", "/probe/long", "Content-Length: \(body.utf8.count)\r\n") + body + next)
        try expect(body, on: connection)
    }

    // MARK: Expect: 100-continue (RFC 9110 §10.1.1)

    @Test("that the client offers is asked for, and then taken")
    func continues() throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", "/probe/bytes", "Expect: 100-continue\r\nContent-Length: 5\r\n"))
        #expect(try connection.response().status == 100)
        try connection.send("12345" + next)
        try expect("12345", on: connection)
    }

    @Test("that comes without being asked for is taken without the question")
    func unasked() throws {
        let connection = try RawConnection(port: Probe.server().port)
        let first = head("GET", "/probe/echo?text=first", "")
        try connection.send(
            first + head("POST", "/probe/bytes", "Expect: 100-continue\r\nContent-Length: 5\r\n") + "12345" + next)
        #expect(try connection.response().member("text") as? String == "first")
        try expect("12345", on: connection)
    }

    @Test("is asked for only after the answers to the requests before it")
    func continuesInOrder() throws {
        let gate = try Gate()
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("GET", "/probe/wait?key=\(gate.key)&name=first", ""))
        try connection.send(head("POST", "/probe/bytes", "Expect: 100-continue\r\nContent-Length: 5\r\n"))
        try eventually("the first request runs") { try gate.waiterCount() == 1 }
        try gate.open()
        #expect(try connection.response().member("name") as? String == "first")
        #expect(try connection.response().status == 100)
        try connection.send("12345" + next)
        try expect("12345", on: connection)
    }

    @Test(
        "that would be refused is not asked for",
        arguments: [
            ("/probe/short", "Content-Length: 17\r\n", 413), ("/probe/private", "Content-Length: 5\r\n", 401),
            ("/nowhere", "Content-Length: 5\r\n", 404), ("/probe/echo", "Content-Length: 5\r\n", 405),
            ("/probe/private", "Transfer-Encoding: chunked\r\n", 401),
        ])
    func refused(_ target: String, _ framing: String, _ status: Int) throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", target, "Expect: 100-continue\r\n" + framing))
        let response = try connection.response()
        #expect(response.status == status)
        #expect(response.header("Connection") == "close")
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("with an expectation that nobody knows is refused")
    func unknownExpectation() throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(head("POST", "/probe/bytes", "Expect: tea\r\nContent-Length: 5\r\n"))
        #expect(try connection.response().status == 417)
    }
}

/// The defaults that a server started without variables has, by their names in the environment's documentation.
enum HTTPLimitsOfProbe {
    static let bodyByteCountMax = 1 << 20
}
