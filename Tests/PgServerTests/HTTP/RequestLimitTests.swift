import Testing

@testable import PgServer

@Suite("A limit on requests")
struct RequestLimitTests {
    private func accepts(_ text: String, _ limits: HTTPLimits) throws -> Bool {
        guard case .request = try steadyVerdict(on: text, limits: limits) else { return false }
        return true
    }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    @Test("holds for the request line", arguments: ["/aa", "/?b"])
    func requestLine(_ target: String) throws {
        let text = "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n"
        let count = "GET \(target) HTTP/1.1".utf8.count
        #expect(try accepts(text, limits { $0.lineByteCountMax = count }))
        for short in 6..<count {
            let verdict = try steadyVerdict(on: text, limits: limits { $0.lineByteCountMax = short })
            #expect(verdict == .refused(.requestLineTooLong), "\(short)")
        }
    }

    @Test("of 8000 bytes on the request line at least is the default (RFC 9112 §3)")
    func longTarget() {
        let count = HTTPLimits().lineByteCountMax - "GET  HTTP/1.1".utf8.count
        let rest = " HTTP/1.1\r\nHost: h\r\n\r\n"
        let path = "/" + String(repeating: "a", count: count - 1)
        #expect(count > 7_900)
        guard case .request = verdict(on: "GET " + path + rest) else {
            Issue.record("refused at the limit")
            return
        }
        #expect(verdict(on: "GET " + path + "a" + rest) == .refused(.requestLineTooLong))
    }

    @Test("holds for a field line", arguments: ["X: 12345678901234567890", "X:", "X-1234567890:", "X:          1"])
    func fieldLine(_ line: String) throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\n\(line)\r\n\r\n"
        let longest = max(line.utf8.count, "GET / HTTP/1.1".utf8.count)
        #expect(try accepts(text, limits { $0.lineByteCountMax = longest }))
        guard longest == line.utf8.count else { return }
        let verdict = try steadyVerdict(on: text, limits: limits { $0.lineByteCountMax = longest - 1 })
        #expect(verdict == .refused(.headTooLarge))
    }

    @Test("holds for the number of fields")
    func fieldCount() throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n\r\n"
        #expect(try accepts(text, limits { $0.fieldCountMax = 3 }))
        #expect(try steadyVerdict(on: text, limits: limits { $0.fieldCountMax = 2 }) == .refused(.headTooLarge))
    }

    @Test("holds for the whole head, wherever it ends")
    func head() throws {
        let text = "GET / HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n"
        let count = text.utf8.count
        #expect(try accepts(text, limits { $0.headByteCountMax = count }))
        for short in 16..<count {
            let verdict = try steadyVerdict(on: text, limits: limits { $0.headByteCountMax = short })
            #expect(verdict == .refused(.headTooLarge), "\(short)")
        }
    }

    @Test("holds for a body of stated length, at the head already")
    func statedBody() throws {
        let text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"
        #expect(try accepts(text + "hello", limits { $0.bodyByteCountMax = 5 }))
        #expect(try steadyVerdict(on: text, limits: limits { $0.bodyByteCountMax = 4 }) == .refused(.bodyTooLarge))
    }

    @Test("holds for the sum of all chunks")
    func chunkedBody() throws {
        let text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
        #expect(try accepts(text, limits { $0.bodyByteCountMax = 5 }))
        #expect(try steadyVerdict(on: text, limits: limits { $0.bodyByteCountMax = 4 }) == .refused(.bodyTooLarge))
    }

    @Test("on the body may be the route's, for one request")
    func routeBody() throws {
        var parser = RequestParser(limits: limits { $0.bodyByteCountMax = 2 })
        var bytes = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".utf8)
        #expect(try parser.parse(&bytes) == .head)
        parser.bodyByteCountMax = 3
        #expect(try parser.parse(&bytes) == .complete(consumed: bytes.count))
        parser.reset()
        #expect(try parser.parse(&bytes) == .head)
        #expect(throws: HTTPError.bodyTooLarge) { try parser.parse(&bytes) }
    }

    @Test("holds for the extensions of all chunks together")
    func extensions() throws {
        let text =
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;abc\r\nx\r\n1;de\r\ny\r\n0\r\n\r\n"
        #expect(try accepts(text, limits { $0.chunkExtensionByteCountMax = 5 }))
        let verdict = try steadyVerdict(on: text, limits: limits { $0.chunkExtensionByteCountMax = 4 })
        #expect(verdict == .refused(.malformedChunk))
    }

    @Test("holds for trailers, in bytes and in number")
    func trailers() throws {
        let text = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"
        #expect(try accepts(text, limits { $0.trailerByteCountMax = 20 }))
        for short in 0..<20 {
            let verdict = try steadyVerdict(on: text, limits: limits { $0.trailerByteCountMax = short })
            #expect(verdict == .refused(.headTooLarge), "\(short)")
        }
        #expect(try accepts(text, limits { $0.fieldCountMax = 3 }))
        #expect(try steadyVerdict(on: text, limits: limits { $0.fieldCountMax = 2 }) == .refused(.headTooLarge))
    }

    @Test("on memory: chunk frames can be given back while the body arrives")
    func compaction() throws {
        var parser = RequestParser(limits: HTTPLimits())
        let head = Array("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        var bytes = head
        let chunk = Array("1;padding\r\nx\r\n".utf8)
        for _ in 0..<200 {
            bytes += chunk
            while try parser.parse(&bytes) == .head { continue }
            bytes.removeLast(bytes.count - bytes.withUnsafeMutableBytes { parser.compact($0) })
        }
        #expect(bytes == head + Array(repeating: UInt8(ascii: "x"), count: 200))
        bytes += Array("0\r\n\r\n".utf8)
        #expect(try parser.parse(&bytes) == .complete(consumed: bytes.count))
        #expect(parser.body == head.count..<(head.count + 200))
    }
}
