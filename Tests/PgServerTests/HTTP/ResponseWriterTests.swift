import Testing

@testable import PgServer

@Suite("A response")
struct ResponseWriterTests {
    static let date = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)

    private func written(
        _ status: Int, toHead: Bool = false, closes: Bool = false, body: String = "{}"
    ) throws -> String {
        var output: [UInt8] = []
        let writer = try ResponseWriter(
            status: status, toHead: toHead, closes: closes, date: Self.date.span, into: &output)
        writer.field("Content-Type", "application/json", into: &output)
        writer.finish(body: body.utf8.span, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    private static let dateLine = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    private static let typeLine = "Content-Type: application/json\r\n"

    @Test("is a status line, fields, a length and the body")
    func whole() throws {
        let expected =
            "HTTP/1.1 200 OK\r\n" + Self.dateLine + Self.typeLine + "Content-Length: 2\r\n\r\n{}"
        #expect(try written(200) == expected)
    }

    @Test("says that it closes")
    func closing() throws {
        #expect(try written(400, closes: true).contains("\r\nConnection: close\r\n"))
        #expect(try !written(400).contains("Connection"))
    }

    @Test("to HEAD states the length of the body it leaves out (RFC 9110 §9.3.2)")
    func head() throws {
        #expect(try written(200, toHead: true).hasSuffix("Content-Length: 2\r\n\r\n"))
    }

    @Test("of 204 and 304 has neither a body nor a length (RFC 9112 §6.3)", arguments: [204, 304])
    func bodiless(_ status: Int) throws {
        #expect(try written(status).hasSuffix(Self.typeLine + "\r\n"))
    }

    @Test("without a registered phrase has an empty one, and its space (RFC 9112 §4)")
    func phrase() throws {
        #expect(try written(299).hasPrefix("HTTP/1.1 299 \r\nDate"))
        #expect(try written(599).hasPrefix("HTTP/1.1 599 \r\nDate"))
    }

    @Test("has the reason phrase of its own status")
    func phrases() {
        for status in StatusLine.statusRange {
            var output: [UInt8] = []
            StatusLine.append(status, to: &output)
            let line = String(decoding: output, as: UTF8.self)
            #expect(line.hasPrefix("HTTP/1.1 \(status) ") && line.hasSuffix("\r\n"))
        }
    }

    @Test("has a final status", arguments: [-1, 0, 100, 101, 199, 600, 1000])
    func status(_ status: Int) {
        var output = [UInt8(ascii: "x")]
        #expect(throws: HTTPError.invalidResponse) {
            try ResponseWriter(status: status, toHead: false, closes: false, date: Self.date.span, into: &output)
        }
        #expect(output.count == 1)
    }

    static let splitting: [(String, String)] = [
        ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\u{0}"), ("X", "\u{1B}[0m"),
        ("X", "a\u{7F}"),
        ("", "a"), ("X Y", "a"), ("X:", "a"), ("X\r\nY", "a"), ("Ü", "a"), ("X\u{0}", "a"),
        ("Content-Length", "5"), ("TRANSFER-ENCODING", "chunked"), ("connection", "close"), ("Keep-Alive", "1"),
        ("Upgrade", "x"), ("Trailer", "x"), ("TE", "x"), ("Date", "x"), ("Proxy-Connection", "close"),
    ]

    @Test("is never split or reframed by a field (RFC 9112 §11.1)", arguments: splitting)
    func split(_ name: String, _ value: String) throws {
        var output: [UInt8] = []
        let writer = try ResponseWriter(status: 200, toHead: false, closes: false, date: Self.date.span, into: &output)
        let before = output
        #expect(throws: HTTPError.invalidResponse) {
            try writer.field(name: name.utf8.span, value: value.utf8.span, into: &output)
        }
        #expect(output == before)
        guard name == "X" else { return }
        #expect(throws: HTTPError.invalidResponse) { try writer.field("X", value.utf8.span, into: &output) }
        #expect(output == before)
    }

    @Test("carries what fields may hold")
    func fields() throws {
        var output: [UInt8] = []
        let writer = try ResponseWriter(status: 200, toHead: false, closes: false, date: Self.date.span, into: &output)
        output.removeAll()
        try writer.field(name: "X-Own".utf8.span, value: "a\tb \"ü\"".utf8.span, into: &output)
        try writer.field("Location", "/a?b=c".utf8.span, into: &output)
        writer.field("Retry-After", 30, into: &output)
        #expect(
            String(decoding: output, as: UTF8.self)
                == "X-Own: a\tb \"ü\"\r\nLocation: /a?b=c\r\nRetry-After: 30\r\n")
    }

    @Test("can be taken back, to write another in its place")
    func discarded() throws {
        var output = Array("before".utf8)
        let writer = try ResponseWriter(status: 200, toHead: false, closes: false, date: Self.date.span, into: &output)
        writer.field("A", "b", into: &output)
        writer.discard(from: &output)
        #expect(output == Array("before".utf8))
    }

    @Test("writes numbers in decimal", arguments: [0, 7, 9, 10, 99, 100, 1_048_576, Int.max, Int.min, -1])
    func decimal(_ number: Int) {
        var output: [UInt8] = []
        output.append(decimal: number)
        #expect(String(decoding: output, as: UTF8.self) == String(number))
    }
}
