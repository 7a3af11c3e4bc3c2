import Testing

/// Bytes that RFC 9112 wants refused, each with the section that says so.
@Suite("Bytes that are no request", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RejectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status: Int
        /// `{path}` stands for a contract's own path.
        var bytes: String

        init(_ description: String, _ status: Int, _ bytes: String) {
            testDescription = description
            self.status = status
            self.bytes = bytes
        }
    }

    /// The request line can be read, so the refusal has the contract's words.
    static let withTarget = [
        Case("§2.2 a bare CR in a field", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n"),
        Case("§2.2 a bare LF behind a field", 400, "GET {path} HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"),
        Case("§2.2 a bare LF behind the request line", 400, "GET {path} HTTP/1.1\nHost: h\r\n\r\n"),
        Case("§2.2 white space before the first field", 400, "GET {path} HTTP/1.1\r\n Host: h\r\n\r\n"),
        Case("§3 two spaces before the version", 400, "GET {path}  HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 a tab before the version", 400, "GET {path}\tHTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 a space behind the version", 400, "GET {path} HTTP/1.1 \r\nHost: h\r\n\r\n"),
        Case("§3 a control character in the target", 400, "GET {path}/\u{7} HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§2.3 a later major version", 505, "GET {path} HTTP/2.0\r\nHost: h\r\n\r\n"),
        Case("§2.3 a version that is none", 400, "GET {path} HTTPS/1.1\r\nHost: h\r\n\r\n"),
        Case("§3.2 no Host", 400, "GET {path} HTTP/1.1\r\n\r\n"),
        Case("§3.2 two Hosts", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
        Case("§3.2 a Host that is none", 400, "GET {path} HTTP/1.1\r\nHost: h/p\r\n\r\n"),
        Case("§3.2 a Host with a user", 400, "GET {path} HTTP/1.1\r\nHost: u@h\r\n\r\n"),
        Case("§5.1 a space before the colon", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n"),
        Case("§5.1 a field without a name", 400, "GET {path} HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n"),
        Case("§5.1 a field without a colon", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nA\r\n\r\n"),
        Case("§5.5 NUL in a field", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"),
        Case("§5.2 an obsolete fold", 400, "GET {path} HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"),
        Case("§6.1 chunked not last", 400, framed("Transfer-Encoding: chunked, gzip")),
        Case("§6.1 chunked twice", 400, framed("Transfer-Encoding: chunked, chunked")),
        Case("§6.1 a coding that is none", 400, framed("Transfer-Encoding: xchunked")),
        Case("§6.1 identity behind chunked", 400, framed("Transfer-Encoding: chunked, identity")),
        Case("§6.1 two Transfer-Encodings", 400, framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
        Case("§6.1 a coding we do not have", 501, framed("Transfer-Encoding: gzip, chunked")),
        Case("§6.1 chunked in HTTP/1.0", 400, "POST {path} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("§6.3 both framings", 400, framed("Transfer-Encoding: chunked\r\nContent-Length: 5")),
        Case("§6.3 both framings, the other way round", 400, framed("Content-Length: 5\r\nTransfer-Encoding: chunked")),
        Case("§6.3 two lengths that differ", 400, framed("Content-Length: 5\r\nContent-Length: 6")),
        Case("§6.3 two lengths that agree", 400, framed("Content-Length: 5\r\nContent-Length: 5")),
        Case("§6.3 a list of lengths", 400, framed("Content-Length: 5, 5")),
        Case("§6.2 a length with a sign", 400, framed("Content-Length: +5")),
        Case("§6.2 a negative length", 400, framed("Content-Length: -1")),
        Case("§6.2 a hexadecimal length", 400, framed("Content-Length: 0x5")),
        Case("§6.2 an empty length", 400, framed("Content-Length:")),
        Case("§6.2 a length beyond 64 bits", 400, framed("Content-Length: 18446744073709551621")),
        Case("§7.1 a chunk size beyond 64 bits", 400, chunked("10000000000000005\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 a chunk size near 64 bits", 413, chunked("ffffffffffffffff\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 a chunk size with a sign", 400, chunked("+5\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 a chunk size with a prefix", 400, chunked("0x5\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 no chunk size", 400, chunked("\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 a chunk longer than its size", 400, chunked("4\r\n12345\r\n0\r\n\r\n")),
        Case("§7.1 a chunk without its CR", 400, chunked("5\r\n12345\n0\r\n\r\n")),
        Case("§7.1 a bare LF behind the size", 400, chunked("5\n12345\r\n0\r\n\r\n")),
        Case("§7.1.1 extensions without end", 400, chunked("5;" + String(repeating: "a", count: 4097))),
        Case("§7.1.2 a trailer that is no field", 400, chunked("0\r\nno field\r\n\r\n")),
    ]

    /// Of these nothing can be read, so nobody's words are known.
    static let withoutTarget = [
        Case("§2.2 the beginning of TLS", 400, "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}"),
        Case("§2.2 garbage", 400, "\u{1}\u{2}\u{3}\r\n\r\n"),
        Case("§2.2 a second empty line before the request", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 a space before the method", 400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 two spaces behind the method", 400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 a tab behind the method", 400, "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3 no version (HTTP/0.9)", 400, "GET /\r\n\r\n"),
        Case("§3.2 a target that is none", 400, "GET nowhere HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3.2.4 an asterisk with another method", 400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("§3.2.3 CONNECT", 501, "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Case("the preface of HTTP/2", 501, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ]

    private static func framed(_ fields: String) -> String {
        "POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\(fields)\r\n\r\n0\r\n\r\n"
    }

    private static func chunked(_ body: String) -> String {
        "POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }

    /// What a smuggler hides behind the bytes: it must never be answered.
    private static let hidden = "GET /probe/echo?text=hidden HTTP/1.1\r\nHost: h\r\n\r\n"

    private func expectRefusal(_ bytes: String, _ status: Int, _ contract: RefusalShape) throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(bytes + Self.hidden)
        let response = try connection.response()
        try contract.expect(response, status)
        #expect(response.header("Connection") == "close")
        #expect(try connection.bytesUntilClosed().isEmpty)
    }

    @Test("are refused in the words of the contract whose path they name", arguments: RefusalShape.all, withTarget)
    func inContract(_ contract: RefusalShape, _ sample: Case) throws {
        try expectRefusal(sample.bytes.replacing("{path}", with: contract.path), sample.status, contract)
    }

    @Test("are refused in the server's own words if they name no path", arguments: withoutTarget)
    func ownWords(_ sample: Case) throws {
        let server = try #require(RefusalShape.all.last)
        try expectRefusal(sample.bytes, sample.status, server)
    }

    @Test("are refused the same way behind a request that is none of them")
    func behind() throws {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send("HEAD /probe/echo?text=a HTTP/1.1\r\nHost: h\r\n\r\nGET /probe HTTP/1.1\r\n\r\n")
        #expect(try connection.response(to: "HEAD").status == 200)
        let refusal = try connection.response()
        #expect(refusal.status == 400)
        #expect(try refusal.member("status_code") as? Int == 400)
        #expect(try connection.bytesUntilClosed().isEmpty)
    }
}

@Suite("A refusal", .enabled(if: TestCluster.isAvailable, "make test provides the database"))
struct RefusalShapeTests {
    private func post(
        _ contract: RefusalShape, _ json: String, _ type: String = "application/json"
    ) throws -> HTTPResponse {
        let connection = try RawConnection(port: Probe.server().port)
        try connection.send(
            "POST \(contract.path) HTTP/1.1\r\nHost: h\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(json.utf8.count)\r\n\r\n\(json)")
        return try connection.response()
    }

    @Test("by the database's function is in the contract's words", arguments: RefusalShape.all)
    func raised(_ contract: RefusalShape) throws {
        for (code, status) in [
            ("not_found", 404), ("conflict", 409), ("forbidden", 403), ("internal", 500), ("not_supported", 501),
        ] { try contract.expect(post(contract, "{\"code\":\"\(code)\"}"), status) }
    }

    @Test("with 426 says to what the client is to upgrade (RFC 9110 §15.5.22, §7.8)", arguments: RefusalShape.all)
    func upgrade(_ contract: RefusalShape) throws {
        let response = try post(contract, "{\"code\":\"upgrade_required\"}")
        try contract.expect(response, 426)
        #expect(response.header("Upgrade") == "websocket")
        #expect(response.header("Connection") == "Upgrade")
    }

    @Test("with 503 says when to try again", arguments: RefusalShape.all)
    func unavailable(_ contract: RefusalShape) throws {
        for code in ["unavailable", "try_again"] {
            let response = try post(contract, "{\"code\":\"\(code)\"}")
            try contract.expect(response, 503)
            #expect(response.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test("of a body that is no JSON is 415 by its type and 400 by its bytes", arguments: RefusalShape.all)
    func body(_ contract: RefusalShape) throws {
        try contract.expect(post(contract, "{\"code\":\"a\"}", "text/plain"), 415)
        try contract.expect(post(contract, "{\"code\":"), 400)
    }

    @Test("of a body over the route's limit is 413", arguments: RefusalShape.all)
    func tooLarge(_ contract: RefusalShape) throws {
        try contract.expect(post(contract, "{\"code\":\"\(String(repeating: "a", count: 64))\"}"), 413)
    }

    @Test("of a line, a field or a number of fields over the limit is 414 or 431", arguments: RefusalShape.all)
    func head(_ contract: RefusalShape) throws {
        let long = String(repeating: "a", count: 8192)
        let many = (1...101).map { "A\($0): b\r\n" }.joined()
        for (request, status) in [
            ("GET \(contract.path)?\(long) HTTP/1.1\r\n", 414), ("GET \(contract.path)/\(long) HTTP/1.1\r\n", 414),
            ("GET \(contract.path) HTTP/1.1\r\nA: \(long)\r\n", 431), ("GET \(contract.path) HTTP/1.1\r\n\(many)", 431),
        ] {
            let connection = try RawConnection(port: Probe.server().port)
            try connection.send(request)
            try contract.expect(connection.response(), status)
        }
    }
}
