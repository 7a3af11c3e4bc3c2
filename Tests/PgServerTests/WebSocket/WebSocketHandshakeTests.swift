import Testing

@testable import PgServer

@Suite("A handshake of a WebSocket")
struct WebSocketHandshakeTests {
    /// RFC 6455 §1.3.
    static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    static let fields = [
        "Host: h", "Upgrade: websocket", "Connection: Upgrade", key, "Sec-WebSocket-Version: 13",
    ]

    static func handshake(
        _ fields: [String], line: String = "GET /dcl HTTP/1.1", body: String = ""
    ) throws -> WebSocketHandshake {
        var bytes = Array(([line] + fields + ["", body]).joined(separator: "\r\n").utf8)
        var parser = RequestParser(limits: HTTPLimits())
        _ = try parser.parse(&bytes)
        return try WebSocketHandshake(parser.head, in: bytes.span)
    }

    static func response(_ handshake: WebSocketHandshake, subprotocol: String? = nil, fields: String = "") -> String {
        var output: [UInt8] = []
        handshake.appendResponse(
            hash: Digest.sha1.hash(handshake.hashInput.span).span, subprotocol: subprotocol,
            fields: Array(fields.utf8).span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("is answered as in RFC 6455 §1.3")
    func answer() throws {
        let expected = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
            \r

            """
        #expect(Self.response(try Self.handshake(Self.fields)) == expected)
    }

    @Test("is found in whatever order, case and company the fields stand")
    func spelling() throws {
        let fields = [
            "sec-websocket-version:13", "SEC-WEBSOCKET-KEY:\tdGhlIHNhbXBsZSBub25jZQ== ", "Host: h",
            "Connection: keep-alive, UPGRADE", "Upgrade: h2c, WebSocket",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ]
        let response = Self.response(try Self.handshake(fields))
        #expect(response.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(!response.contains("Extensions"))
    }

    @Test("offers subprotocols in the client's order, of which the answer names one, and takes more fields")
    func subprotocols() throws {
        let handshake = try Self.handshake(
            Self.fields + ["Sec-WebSocket-Protocol: bearer, eyJh.b-_c.d", "sec-websocket-protocol: chat"])
        #expect(handshake.subprotocols == ["bearer", "eyJh.b-_c.d", "chat"])
        let response = Self.response(handshake, subprotocol: "bearer", fields: "X-Request-ID: 7\r\n")
        #expect(response.hasSuffix("+xOo=\r\nSec-WebSocket-Protocol: bearer\r\nX-Request-ID: 7\r\n\r\n"))
    }

    static func fields(without name: String, with more: String...) -> [String] {
        fields.filter { !$0.hasPrefix(name + ":") } + more
    }
    static let tokens = (0...WebSocketHandshake.subprotocolCountMax).map { "t\($0)" }

    static let refusals: [([String], WebSocketHandshakeError)] = [
        (fields(without: "Upgrade"), .notUpgrade),
        (fields(without: "Upgrade", with: "Upgrade: websockets"), .notUpgrade),
        (fields(without: "Connection"), .notUpgrade),
        (fields(without: "Connection", with: "Connection: keep-alive"), .notUpgrade),
        (fields(without: "Sec-WebSocket-Version"), .unsupportedVersion),
        (fields(without: "Sec-WebSocket-Version", with: "Sec-WebSocket-Version: 8"), .unsupportedVersion),
        (fields(without: "Sec-WebSocket-Version", with: "Sec-WebSocket-Version: 013"), .unsupportedVersion),
        (fields + ["Sec-WebSocket-Version: 13"], .unsupportedVersion),
        (fields(without: "Sec-WebSocket-Key"), .malformedKey),
        (fields + [key], .malformedKey),
        (fields(without: "Sec-WebSocket-Key", with: "Sec-WebSocket-Key: "), .malformedKey),
        (fields(without: "Sec-WebSocket-Key", with: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ="), .malformedKey),
        (fields(without: "Sec-WebSocket-Key", with: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA"), .malformedKey),
        (fields(without: "Sec-WebSocket-Key", with: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j===="), .malformedKey),
        (fields(without: "Sec-WebSocket-Key", with: "Sec-WebSocket-Key: dGhlIHNhbXBs-SBub25jZQ=="), .malformedKey),
        (fields + ["Content-Length: 1"], .hasBody),
        (fields + ["Sec-WebSocket-Protocol: a b"], .malformedSubprotocols),
        (fields + ["Sec-WebSocket-Protocol: a, b, a"], .malformedSubprotocols),
        (fields + ["Sec-WebSocket-Protocol: \(tokens.joined(separator: ","))"], .malformedSubprotocols),
    ]

    @Test("is refused unless it is whole", arguments: refusals)
    func refused(_ fields: [String], _ expected: WebSocketHandshakeError) {
        #expect(throws: expected) { try Self.handshake(fields) }
    }

    @Test("takes as many subprotocols as are allowed")
    func subprotocolLimit() throws {
        let field = "Sec-WebSocket-Protocol: \(Self.tokens.dropLast().joined(separator: ","))"
        #expect(try Self.handshake(Self.fields + [field]).subprotocols == Self.tokens.dropLast())
    }

    @Test("is a GET of HTTP/1.1")
    func requestLine() {
        #expect(throws: WebSocketHandshakeError.notGet) {
            try Self.handshake(Self.fields, line: "POST /dcl HTTP/1.1")
        }
        #expect(throws: WebSocketHandshakeError.notUpgrade) {
            try Self.handshake(Self.fields, line: "GET /dcl HTTP/1.0")
        }
    }

    @Test("says how to do better where RFC 6455 §4.2.2 and RFC 9110 §15.5.22 ask for it")
    func advice() {
        for error in WebSocketHandshakeError.allCases where error.status == 426 {
            let fields = error.fields.map { "\($0.name): \($0.value)" }
            #expect(fields == ["Sec-WebSocket-Version: 13", "Upgrade: websocket", "Connection: Upgrade"])
        }
        #expect(WebSocketHandshakeError.unsupportedVersion.status == 426)
        #expect(WebSocketHandshakeError.notUpgrade.status == 426)
    }
}
