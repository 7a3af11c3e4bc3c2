import Testing

@testable import PgServer

@Suite("A request")
struct RequestParserTests {
    static let samples: [(String, ParsedRequest)] = [
        (
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            ParsedRequest(
                method: .get, target: "/", path: "/", authority: "a", fields: [["Host", "a"]], body: "",
                flags: ["1.1", "keeps alive"])
        ),
        (
            "\r\nGET /a/b%20c?x=1&y=?/ HTTP/1.1\r\nhOsT:\t a.example:8080 \t\r\nAccept:\r\n\r\n",
            ParsedRequest(
                method: .get, target: "/a/b%20c?x=1&y=?/", path: "/a/b%20c", query: "x=1&y=?/",
                authority: "a.example:8080", fields: [["hOsT", "a.example:8080"], ["Accept", ""]], body: "",
                flags: ["1.1", "keeps alive"])
        ),
        (
            "POST /orders? HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nContent-Length: 007\r\nX: a\tb ü\r\n\r\n{\"a\":1}",
            ParsedRequest(
                method: .post, target: "/orders?", path: "/orders", query: "", authority: "[2001:db8::1]:80",
                fields: [["Host", "[2001:db8::1]:80"], ["Content-Length", "007"], ["X", "a\tb ü"]], body: "{\"a\":1}",
                flags: ["1.1", "keeps alive"])
        ),
        (
            """
            PUT http://Example.com:80/x?y HTTP/1.1\r\nHost: other\r\nConnection: Keep-Alive, , CLOSE\r
            Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r
            3;name="v"\r\nabc\r\n00A\r\n0123456789\r\n0;last\r\nHost: evil\r\nX: y\r\n\r\n
            """,
            ParsedRequest(
                method: .put, target: "http://Example.com:80/x?y", path: "/x", query: "y",
                authority: "Example.com:80",
                fields: [
                    ["Host", "other"], ["Connection", "Keep-Alive, , CLOSE"], ["Transfer-Encoding", "Chunked"],
                    ["Expect", "100-Continue"],
                ],
                body: "abc0123456789", flags: ["1.1", "chunked", "expects continue"])
        ),
        (
            "DELETE HTTP://h?q HTTP/1.0\r\nConnection: keep-alive\r\nExpect: something\r\n\r\n",
            ParsedRequest(
                method: .delete, target: "HTTP://h?q", path: "/", query: "q", authority: "h",
                fields: [["Connection", "keep-alive"], ["Expect", "something"]], body: "", flags: [])
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
            ParsedRequest(
                method: .options, target: "*", path: "*", authority: "h",
                fields: [["Host", "h"], ["Content-Length", "0"], ["Expect", "100-continue"]], body: "",
                flags: ["1.1", "keeps alive"])
        ),
        (
            "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n",
            ParsedRequest(
                method: .get, target: "/ws", path: "/ws", authority: "h",
                fields: [["Host", "h"], ["Upgrade", "websocket"], ["Connection", "keep-alive, Upgrade"]], body: "",
                flags: ["1.1", "keeps alive", "upgrade"])
        ),
    ]

    @Test("says the same whole, byte by byte and cut anywhere", arguments: samples)
    func steady(_ text: String, _ expected: ParsedRequest) throws {
        var expected = expected
        expected.consumed = text.utf8.count
        #expect(try steadyVerdict(on: text) == .request(expected))
        #expect(try steadyVerdict(on: text + "GET / HTTP") == .request(expected))
    }

    @Test("is incomplete without its last byte", arguments: samples)
    func incomplete(_ text: String, _ expected: ParsedRequest) {
        let bytes = Array(text.utf8)
        #expect(verdict(on: bytes, arriving: [bytes.count - 1]) == .incomplete)
    }

    @Test("has not begun without bytes")
    func empty() throws {
        var parser = RequestParser(limits: HTTPLimits())
        #expect(try parser.parse(UnsafeMutableRawBufferPointer(start: nil, count: 0)) == .needsMore)
    }

    @Test("with a body reports its head once, before the body is judged")
    func head() throws {
        var parser = RequestParser(limits: HTTPLimits())
        var bytes = Array("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".utf8)
        let beforeBody = bytes.count - 3
        #expect(try parser.parse(&bytes, 0..<beforeBody) == .head)
        #expect(parser.head.contentLength == 3)
        #expect(parser.head.byteCount == beforeBody)
        #expect(try parser.parse(&bytes, 0..<beforeBody) == .needsMore)
        #expect(try parser.parse(&bytes) == .complete(consumed: beforeBody + 3))
        #expect(parser.body == beforeBody..<(beforeBody + 3))
        #expect(try parser.parse(&bytes) == .complete(consumed: beforeBody + 3))
    }

    @Test("is followed by the next one in the same bytes")
    func pipelined() throws {
        var parser = RequestParser(limits: HTTPLimits())
        var bytes = Array(
            """
            POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r
            GET /2 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\n\r
            POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nyz\
            GET /4 HTTP/1.1\r\nHost: h\r\n\r\n
            """.utf8)
        var seen: [String] = []
        var hadAuthorization: [Bool] = []
        var start = 0
        while start < bytes.count {
            guard case .complete(let consumed) = try parser.parse(&bytes, start..<bytes.count) else { continue }
            let request = ParsedRequest(parser, in: Array(bytes[start...]), consumed: consumed)
            seen.append(request.path + request.body)
            hadAuthorization.append(parser.head.value(of: .authorization) != nil)
            start += consumed
            parser.reset()
        }
        #expect(seen == ["/1x", "/2", "/3yz", "/4"])
        #expect(hadAuthorization == [false, true, false, false])
    }

    @Test("gives its fields by kind and by name, in any case")
    func fields() throws {
        var parser = RequestParser(limits: HTTPLimits())
        var bytes = Array(
            "GET / HTTP/1.1\r\nHost: h\r\nX-FORWARDED-FOR: a\r\nX_Own: 1\r\nx-forwarded-for: b, c\r\n\r\n".utf8)
        _ = try parser.parse(&bytes)
        func text(_ range: Range<Int>?) -> String? { range.map { String(decoding: bytes[$0], as: UTF8.self) } }
        #expect(text(parser.head.value(of: .xForwardedFor)) == "a")
        #expect(parser.head.values(of: .xForwardedFor).map { text($0) } == ["a", "b, c"])
        #expect(parser.head.value(of: .origin) == nil)
        #expect(text(parser.head.value(named: "x_own".utf8.span, in: bytes.span)) == "1")
        #expect(parser.head.value(named: "x-own".utf8.span, in: bytes.span) == nil)
    }

    @Test("knows every field by its name", arguments: zip(KnownField.allCases, knownNames))
    func knownField(_ field: KnownField, _ name: String) {
        #expect(KnownField(name: name.utf8.span) == field)
        #expect(KnownField(name: name.uppercased().utf8.span) == field)
        #expect(KnownField(name: (name + "x").utf8.span) != field)
        for index in name.indices {
            #expect(KnownField(name: (name[..<index] + "!" + name[name.index(after: index)...]).utf8.span) == nil)
        }
    }

    static let knownNames = [
        "accept", "authorization", "connection", "content-length", "content-type", "expect", "forwarded", "host",
        "idempotency-key", "if-none-match", "last-event-id", "origin", "traceparent", "transfer-encoding", "upgrade",
        "x-api-key", "x-forwarded-for", "x-request-id",
    ]

    @Test("may have any method we serve", arguments: PgServer.Method.allCases)
    func methods(_ method: PgServer.Method) {
        guard case .request(let request) = verdict(on: "\(method.name) / HTTP/1.1\r\nHost: h\r\n\r\n") else {
            Issue.record("refused")
            return
        }
        #expect(request.method == method)
    }
}
