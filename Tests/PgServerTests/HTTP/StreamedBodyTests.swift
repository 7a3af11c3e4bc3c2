import Testing

@testable import PgServer

@Suite("A streamed body")
struct StreamedBodyTests {
    /// The body as framed by the head, and what stands behind it.
    private static let framings = [
        ("Content-Length: 11", "hello world", "GET"),
        ("Content-Length: 1", "h", ""),
        ("Transfer-Encoding: chunked", "b\r\nhello world\r\n0\r\n\r\n", "GET"),
        (
            "Transfer-Encoding: chunked", "5\r\nhello\r\n01;a=\"b\"\r\n \r\n5\r\nworld\r\n0;c\r\nA: b\r\nC: d\r\n\r\n",
            "GET"
        ),
        ("Transfer-Encoding: chunked", "0\r\n\r\n", "GET"),
    ]

    private func body(_ field: String, byteCountMax: Int = 100) throws -> StreamedBody {
        let text = Array("POST / HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n".utf8)
        var head = RequestHead()
        var parser = RequestHeadParser()
        #expect(try parser.parse(text.span, limits: HTTPLimits(), into: &head))
        return try StreamedBody(of: head, limits: HTTPLimits(), byteCountMax: byteCountMax)
    }

    /// Gives the bytes in pieces, each with what the one before left over. Returns the data, and what is left.
    private func read(_ body: inout StreamedBody, _ pieces: [[UInt8]]) throws -> (data: String, rest: [UInt8]) {
        var data: [UInt8] = []
        var held: [UInt8] = []
        for piece in pieces {
            held += piece
            while !body.isComplete {
                let taken = try held.withUnsafeMutableBytes { bytes in
                    let piece = try body.take(bytes)
                    data += bytes[piece.data]
                    return piece.consumed
                }
                held.removeFirst(taken)
                if taken == 0 { break }
            }
        }
        return (String(decoding: data, as: UTF8.self), held)
    }

    private static func expected(_ field: String, _ framed: String) -> String {
        field.hasPrefix("Content") ? framed : framed.hasPrefix("0") ? "" : "hello world"
    }

    @Test("is what its frames hold, and ends where they end", arguments: framings)
    func whole(_ field: String, _ framed: String, _ behind: String) throws {
        var body = try body(field)
        let (data, rest) = try read(&body, [Array((framed + behind).utf8)])
        #expect(body.isComplete)
        #expect(data == Self.expected(field, framed))
        #expect(body.byteCount == data.utf8.count)
        #expect(rest == Array(behind.utf8))
    }

    @Test("is the same wherever it is cut, and byte for byte", arguments: framings)
    func cut(_ field: String, _ framed: String, _ behind: String) throws {
        let bytes = Array((framed + behind).utf8)
        for place in bytes.indices {
            var body = try body(field)
            let (data, rest) = try read(&body, [Array(bytes[..<place]), Array(bytes[place...])])
            #expect(body.isComplete)
            #expect(data == Self.expected(field, framed))
            #expect(rest == Array(behind.utf8))
        }
        var single = try body(field)
        let (data, rest) = try read(&single, bytes.map { [$0] })
        #expect(single.isComplete)
        #expect(data == Self.expected(field, framed))
        #expect(rest == Array(behind.utf8))
    }

    @Test("is not complete before its end", arguments: framings)
    func incomplete(_ field: String, _ framed: String, _ behind: String) throws {
        for count in 0..<framed.utf8.count {
            var body = try body(field)
            _ = try read(&body, [Array(framed.utf8.prefix(count))])
            #expect(!body.isComplete)
        }
    }

    @Test("of no bytes is complete at once")
    func empty() throws {
        #expect(try body("Content-Length: 0").isComplete)
    }

    @Test("is refused one byte over its limit, by what it says or by what it sends")
    func limit() throws {
        #expect(try !body("Content-Length: 10", byteCountMax: 10).isComplete)
        #expect(throws: HTTPError.bodyTooLarge) { try body("Content-Length: 11", byteCountMax: 10) }
        var fitting = try body("Transfer-Encoding: chunked", byteCountMax: 10)
        _ = try read(&fitting, ["5\r\n12345\r\n", "5\r\n12345\r\n0\r\n\r\n"].map { Array($0.utf8) })
        #expect(fitting.isComplete)
        var longer = try body("Transfer-Encoding: chunked", byteCountMax: 10)
        _ = try read(&longer, [Array("5\r\n12345\r\n".utf8)])
        #expect(throws: HTTPError.bodyTooLarge) { try read(&longer, [Array("6\r\n".utf8)]) }
    }

    @Test("whose frames are broken is refused", arguments: ["x\r\n", "1\r\nab", "1\r\na\r\n\r\n", "0\r\n: x\r\n\r\n"])
    func malformed(_ framed: String) throws {
        var body = try body("Transfer-Encoding: chunked")
        #expect(throws: HTTPError.self) { try read(&body, [Array(framed.utf8)]) }
    }
}
