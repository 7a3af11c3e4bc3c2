import Testing

@testable import PgServer

@Suite("A request that two readers could read differently")
struct RequestRefusalTests {
    /// Request lines, in front of a good head.
    static let lines: [(String, HTTPError)] = [
        // RFC 9112 §2.2: octets that are no request at all
        ("\u{16}\u{3}\u{1}\u{2}", .malformedRequestLine),
        ("\r\n\r\nGET / HTTP/1.1", .malformedRequestLine),
        ("\nGET / HTTP/1.1", .malformedRequestLine),
        ("\rGET / HTTP/1.1", .malformedRequestLine),
        // §2.2: bare CR and bare LF
        ("GET / HTTP/1.1\r", .malformedRequestLine),
        ("GET / HTTP/1.1\nX: y", .malformedRequestLine),
        ("GET /\r HTTP/1.1", .malformedRequestLine),
        ("GET /\n HTTP/1.1", .malformedRequestLine),
        ("GET /a\u{0}b HTTP/1.1", .malformedRequestLine),
        // §3: exactly one space
        (" GET / HTTP/1.1", .malformedRequestLine),
        ("GET  / HTTP/1.1", .malformedRequestLine),
        ("GET /  HTTP/1.1", .malformedRequestLine),
        ("GET / HTTP/1.1 ", .malformedRequestLine),
        ("GET\t/ HTTP/1.1", .malformedRequestLine),
        ("GET /\tHTTP/1.1", .malformedRequestLine),
        ("GET /a b HTTP/1.1", .malformedRequestLine),
        ("GET /", .malformedRequestLine),
        ("GET", .malformedRequestLine),
        ("GET / ", .malformedRequestLine),
        ("G(T / HTTP/1.1", .malformedRequestLine),
        // §3.1: methods are told apart by case
        ("get / HTTP/1.1", .unsupportedMethod),
        ("BREW / HTTP/1.1", .unsupportedMethod),
        ("TRACE / HTTP/1.1", .unsupportedMethod),
        ("CONNECT a:80 HTTP/1.1", .unsupportedMethod),
        ("OPTIONSS / HTTP/1.1", .unsupportedMethod),
        (String(repeating: "X", count: 33), .unsupportedMethod),
        // §3.2: targets
        ("GET a HTTP/1.1", .malformedTarget),
        ("GET ?a HTTP/1.1", .malformedTarget),
        ("GET * HTTP/1.1", .malformedTarget),
        ("OPTIONS *? HTTP/1.1", .malformedTarget),
        ("GET /a#b HTTP/1.1", .malformedRequestLine),
        ("GET /ä HTTP/1.1", .malformedRequestLine),
        ("GET /\u{7F} HTTP/1.1", .malformedRequestLine),
        ("GET ftp://a/ HTTP/1.1", .malformedTarget),
        ("GET http:///a HTTP/1.1", .malformedTarget),
        ("GET http://user@a/ HTTP/1.1", .malformedTarget),
        ("GET http://a:b/ HTTP/1.1", .malformedTarget),
        // §2.3: versions
        ("GET / HTTP/2.0", .unsupportedVersion),
        ("GET / HTTP/1.2", .unsupportedVersion),
        ("GET / HTTP/0.9", .unsupportedVersion),
        ("GET / http/1.1", .malformedRequestLine),
        ("GET / HTTP/1.10", .malformedRequestLine),
        ("GET / HTTP/11", .malformedRequestLine),
        ("GET / HTTPS/1.1", .malformedRequestLine),
    ]

    @Test("is refused for its request line (RFC 9112 §2, §3)", arguments: lines)
    func refusesLine(_ line: String, _ expected: HTTPError) throws {
        #expect(try steadyVerdict(on: "\(line)\r\nHost: h\r\n\r\n") == .refused(expected))
    }

    /// Everything between the request line and the empty line.
    static let fields: [(String, HTTPError)] = [
        // RFC 9112 §2.2, §5.2: white space in front of a line
        (" Host: h", .foldedField),
        ("\tHost: h", .foldedField),
        ("Host: h\r\nX: a\r\n b", .foldedField),
        ("Host: h\r\n ", .foldedField),
        // §5.1: nothing between name and colon, and a name
        ("Host : h", .malformedField),
        ("Host\t: h", .malformedField),
        ("Host: h\r\n: a", .malformedField),
        ("Host: h\r\nX", .malformedField),
        ("Host: h\r\nX y: a", .malformedField),
        ("Host: h\r\nX\u{0}: a", .malformedField),
        ("Host: h\r\nÄ: a", .malformedField),
        ("Host: h\r\nX@: a", .malformedField),
        // §5.5 of RFC 9110: values
        ("Host: h\r\nX: a\rb", .malformedField),
        ("Host: h\r\nX: a\nY: b", .malformedField),
        ("Host: h\r\nX: a\u{0}b", .malformedField),
        ("Host: h\r\nX: a\u{7F}", .malformedField),
        ("Host: h\r\nX: 12345678\u{1B}", .malformedField),
        ("Host: h\r\nX: \r\r", .malformedField),
        // §3.2: Host
        ("X: a", .invalidHost),
        ("Host: a\r\nHost: a", .invalidHost),
        ("Host: a\r\nhost: b", .invalidHost),
        ("Host:", .invalidHost),
        ("Host: a b", .invalidHost),
        ("Host: a/b", .invalidHost),
        ("Host: user@a", .invalidHost),
        ("Host: a:80:80", .invalidHost),
        ("Host: a:65536", .invalidHost),
        ("Host: http://a", .invalidHost),
        // §6.2, §6.3: Content-Length
        ("Host: h\r\nContent-Length:", .invalidContentLength),
        ("Host: h\r\nContent-Length: +5", .invalidContentLength),
        ("Host: h\r\nContent-Length: -5", .invalidContentLength),
        ("Host: h\r\nContent-Length: 0x5", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5 5", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5, 5", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5, 6", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5\r\nContent-Length: 5", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5\r\ncontent-length: 6", .invalidContentLength),
        ("Host: h\r\nContent-Length: 5.0", .invalidContentLength),
        ("Host: h\r\nContent-Length: 18446744073709551621", .invalidContentLength),
        ("Host: h\r\nContent-Length: 9223372036854775808", .invalidContentLength),
        // §6.1: Transfer-Encoding
        ("Host: h\r\nTransfer-Encoding:", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: xchunked", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: identity", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: gzip", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: chunked, identity", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: identity, chunked", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: chunked, chunked", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: chunked,", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: \"chunked\"", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: chunked;a=b", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: \u{B}chunked", .malformedField),
        ("Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity", .invalidTransferEncoding),
        ("Host: h\r\nTransfer-Encoding: gzip, chunked", .unsupportedTransferCoding),
        // §6.3: both
        ("Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", .conflictingFraming),
        ("Host: h\r\nContent-Length: 0\r\nTransfer-Encoding: chunked", .conflictingFraming),
        // RFC 9110 §5.3: fields which stand alone
        ("Host: h\r\nAuthorization: a\r\nAuthorization: b", .repeatedField),
        ("Host: h\r\nX-API-Key: a\r\nX-Api-Key: a", .repeatedField),
        ("Host: h\r\nContent-Type: a/b\r\nContent-Type: c/d", .repeatedField),
        // RFC 9110 §10.1.1
        ("Host: h\r\nExpect: 200-ok", .unsupportedExpectation),
    ]

    @Test("is refused for its fields (RFC 9112 §5, §6)", arguments: fields)
    func refusesFields(_ fields: String, _ expected: HTTPError) throws {
        #expect(try steadyVerdict(on: "POST / HTTP/1.1\r\n\(fields)\r\n\r\n") == .refused(expected))
    }

    @Test("is refused for a transfer coding in HTTP/1.0 (RFC 9112 §6.1)")
    func oldVersion() throws {
        #expect(
            try steadyVerdict(on: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")
                == .refused(.invalidTransferEncoding))
    }

    @Test("is refused for two hosts in HTTP/1.0 too (RFC 9112 §3.2)")
    func oldHosts() throws {
        #expect(try steadyVerdict(on: "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == .refused(.invalidHost))
    }

    /// What follows the head of a chunked request.
    static let chunks: [(String, HTTPError)] = [
        // RFC 9112 §7.1
        ("\r\n", .malformedChunk),
        ("g\r\n", .malformedChunk),
        (" 5\r\nhello\r\n", .malformedChunk),
        ("5 \r\nhello\r\n", .malformedChunk),
        ("+5\r\nhello\r\n", .malformedChunk),
        ("-1\r\n", .malformedChunk),
        ("0x5\r\nhello\r\n", .malformedChunk),
        ("5\nhello\r\n", .malformedChunk),
        ("5\rhello\r\n", .malformedChunk),
        ("5\r\nhello!\r\n", .malformedChunk),
        ("5\r\nhello\n0\r\n\r\n", .malformedChunk),
        ("5\r\nhello0\r\n\r\n", .malformedChunk),
        ("5\r\nhello\r0\r\n\r\n", .malformedChunk),
        ("10000000000000005\r\nhello\r\n", .malformedChunk),
        ("00000000000000005\r\nhello\r\n", .malformedChunk),
        ("FFFFFFFFFFFFFFFF\r\nhello\r\n", .bodyTooLarge),
        ("8000000000000000\r\nhello\r\n", .bodyTooLarge),
        // §7.1.1
        ("5;a=\nb\r\nhello\r\n", .malformedChunk),
        ("5;a\rb\r\nhello\r\n", .malformedChunk),
        ("5;a=\u{0}\r\nhello\r\n", .malformedChunk),
        // §7.1.2
        ("0\r\nX\r\n\r\n", .malformedField),
        ("0\r\nX : y\r\n\r\n", .malformedField),
        ("0\r\n X: y\r\n\r\n", .foldedField),
        ("0\r\nX: a\nb\r\n\r\n", .malformedField),
        ("0\r\nGET / HTTP/1.1\r\n\r\n", .malformedField),
    ]

    @Test("is refused for its chunks (RFC 9112 §7.1)", arguments: chunks)
    func refusesChunks(_ body: String, _ expected: HTTPError) throws {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(try steadyVerdict(on: head + body) == .refused(expected))
    }

    @Test("stays refused")
    func refusedForGood() {
        var parser = RequestParser(limits: HTTPLimits())
        var bytes = Array(" GET".utf8)
        for _ in 1...2 {
            #expect(throws: HTTPError.malformedRequestLine) { try parser.parse(&bytes) }
            bytes = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        }
    }

    static let statuses: [(HTTPError, Int, String)] = [
        (.malformedRequestLine, 400, "malformed_request"), (.malformedTarget, 400, "malformed_request"),
        (.malformedField, 400, "malformed_request"), (.foldedField, 400, "malformed_request"),
        (.repeatedField, 400, "malformed_request"), (.invalidHost, 400, "malformed_request"),
        (.invalidContentLength, 400, "malformed_request"), (.invalidTransferEncoding, 400, "malformed_request"),
        (.conflictingFraming, 400, "malformed_request"), (.malformedChunk, 400, "malformed_request"),
        (.bodyTooLarge, 413, "too_large"), (.requestLineTooLong, 414, "uri_too_long"),
        (.unsupportedExpectation, 417, "expectation_failed"), (.headTooLarge, 431, "header_too_large"),
        (.invalidResponse, 500, "internal"), (.unsupportedMethod, 501, "not_supported"),
        (.unsupportedTransferCoding, 501, "not_supported"), (.unsupportedVersion, 505, "http_version"),
    ]

    @Test("is answered with the status and code of its error")
    func statusTable() {
        #expect(Self.statuses.map(\.0) == HTTPError.allCases.sorted { $0.status < $1.status })
        for (error, status, code) in Self.statuses {
            #expect(error.status == status && error.code == code, "\(error)")
        }
    }
}
