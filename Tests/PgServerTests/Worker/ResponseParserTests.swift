import Testing

@testable import PgServer

@Suite("The reader of outside responses")
struct ResponseParserTests {
    struct Response: Equatable {
        var status: Int
        var fields: [String]
        var body: String
    }

    /// Feeds a response in pieces, then its end.
    private func read(
        _ text: [UInt8], pieceByteCount: Int = .max, isHead: Bool = false, bodyByteCountMax: Int = 1000
    ) throws(ResponseError) -> Response {
        var parser = ResponseParser(isHead: isHead, bodyByteCountMax: bodyByteCountMax)
        var buffer: [UInt8] = []
        var rest = text[...]
        while true {
            let piece = rest.prefix(pieceByteCount)
            rest = rest.dropFirst(piece.count)
            buffer += piece
            guard try parser.read(&buffer, isEnd: piece.isEmpty) else { continue }
            return Response(
                status: parser.status, fields: parser.fields.map { "\($0.name)=\($0.value)" },
                body: String(decoding: buffer[parser.body], as: UTF8.self))
        }
    }

    static let responses: [(String, Int, [String], String)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, ["content-length=5"], "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", 200, ["content-length=5"], "hello"),
        ("HTTP/1.0 200 OK\r\n\r\nto the end", 200, [], "to the end"),
        ("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", 404, ["content-length=0"], ""),
        ("HTTP/1.1 204 No Content\r\n\r\nignored", 204, [], ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, ["content-length=9"], ""),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n",
            200, ["transfer-encoding=Chunked"], "hello world"
        ),
        (
            "HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 103 E\r\n\r\nHTTP/1.1 200 OK\r\nY:  2 \r\n\r\nz", 200,
            ["y=2"], "z"
        ),
        ("HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\n", 200, ["a=1", "a=2"], ""),
        ("HTTP/1.1 599 Gr\u{FC}n\r\nX:\r\n\r\n", 599, ["x="], ""),
    ]

    @Test("reads a response, however it is cut", arguments: responses)
    func reading(_ text: String, _ status: Int, _ fields: [String], _ body: String) throws {
        let expected = Response(status: status, fields: fields, body: body)
        for count in [1, 2, 3, 7, .max] {
            #expect(try read(Array(text.utf8), pieceByteCount: count) == expected, "in pieces of \(count)")
        }
    }

    @Test("takes no body after HEAD")
    func head() throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        #expect(try read(Array(text.utf8), isHead: true).body == "")
    }

    static let malformed = [
        "hello\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 600 X\r\n\r\n",
        "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1 +20 X\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\rX: y\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\n X: y\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\nZ: a\r\n\r\n", "HTTP/1.1 200 OK\r\nX\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: ResponseParser.interimCountMax + 1),
    ]

    @Test("refuses what is not a response, or could be read in two ways", arguments: malformed)
    func refusal(_ text: String) {
        for count in [1, 5, .max] {
            #expect(throws: ResponseError.malformed, "in pieces of \(count)") {
                try read(Array(text.utf8), pieceByteCount: count)
            }
        }
    }

    @Test(
        "tells of every cut that comes before the end", arguments: responses.filter { !$0.2.isEmpty && !$0.3.isEmpty })
    func cut(_ text: String, _ status: Int, _ fields: [String], _ body: String) throws {
        // Behind the last chunk only trailers follow, and behind a body of no stated length nothing does.
        let bytes = Array(text.utf8)
        let whole = try read(bytes)
        for count in 0..<bytes.count {
            do throws(ResponseError) {
                let shorter = try read(Array(bytes[..<count]))
                #expect(
                    shorter.body == whole.body || !fields.contains { $0.contains("length") || $0.contains("encoding") })
            } catch { #expect(error == .incomplete, "cut at \(count)") }
        }
    }

    @Test("keeps the bounds of a body, at their value and one past")
    func bodyBound() throws {
        func sized(_ count: Int) -> String { "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n" }
        func body(_ count: Int) -> String { String(repeating: "x", count: count) }
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        let open = "HTTP/1.1 200 OK\r\n\r\n"
        for text in [sized(9) + body(9), chunked + "5\r\nxxxxx\r\n4\r\nxxxx\r\n0\r\n\r\n", open + body(9)] {
            #expect(try read(Array(text.utf8), bodyByteCountMax: 9).body == body(9))
        }
        for text in [sized(10), chunked + "5\r\nxxxxx\r\n5\r\nxxxxx\r\n0\r\n\r\n", open + body(10)] {
            #expect(throws: ResponseError.bodyTooLarge) { try read(Array(text.utf8), bodyByteCountMax: 9) }
        }
    }

    @Test("keeps the bounds of a head")
    func headBound() throws {
        let limits = ResponseParser.limits
        func lines(_ count: Int, _ value: String) -> [UInt8] {
            Array(("HTTP/1.1 204 No\r\n" + String(repeating: "X: \(value)\r\n", count: count) + "\r\n").utf8)
        }
        #expect(try read(lines(limits.fieldCountMax, "y")).fields.count == limits.fieldCountMax)
        let long = String(repeating: "y", count: limits.lineByteCountMax - 3)
        #expect(try read(lines(1, long)).fields == ["x=\(long)"])
        let endless = Array("HTTP/1.1 200 ".utf8) + [UInt8](repeating: 0x61, count: limits.lineByteCountMax)
        for text in [lines(limits.fieldCountMax + 1, "y"), lines(1, long + "y"), lines(3, long), endless] {
            #expect(throws: ResponseError.headTooLarge) { try read(text, pieceByteCount: 1000) }
        }
    }
}
