/// Why bytes are not a response that we take.
enum ResponseError: Error, Equatable, Sendable {
    /// Not a response by RFC 9112, or one that two readers could understand differently.
    case malformed
    case headTooLarge
    case bodyTooLarge
    /// The connection ended first.
    case incomplete
}

/// Reads one response of HTTP/1.1 (RFC 9112), as it arrives.
///
///     statusLine ──CRLF──▶ fields ──empty line──▶ sized | chunked | untilEnd ──▶ complete
///         ▲──────interim (1xx)──┘ └─────────no body (HEAD, 204, 304)──────────────▲
///
/// As strict as the reader of requests: bare line feeds, folded fields and two statements of a length are refused.
struct ResponseParser {
    private enum Phase {
        case statusLine
        case fields
        case sized(Int)
        case chunked(ChunkedDecoder)
        case untilEnd
        case complete
    }

    static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.lineByteCountMax = 32 * 1024
        limits.fieldCountMax = 200
        limits.headByteCountMax = 64 * 1024
        return limits
    }()
    /// Most interim responses before the final one.
    static let interimCountMax = 8

    private(set) var status = 0
    /// In their order, names in small letters.
    private(set) var fields: [(name: String, value: String)] = []
    /// Where the body stands in the buffer, once it is complete.
    private(set) var body = 0..<0

    private var phase = Phase.statusLine
    private let isHead: Bool
    private let bodyByteCountMax: Int
    private var lines = FieldLineScanner()
    private var cursor = 0
    private var headStart = 0
    private var interimCount = 0

    /// - Parameter isHead: Whether the request was one of HEAD, whose response has no body.
    init(isHead: Bool, bodyByteCountMax: Int) {
        self.isHead = isHead
        self.bodyByteCountMax = bodyByteCountMax
    }

    /// Reads on.
    ///
    /// - Parameters:
    ///   - buffer: all bytes that have arrived; a chunked body is decoded in it.
    ///   - isEnd: Whether no more will arrive.
    /// - Returns: Whether the response is complete.
    mutating func read(_ buffer: inout [UInt8], isEnd: Bool) throws(ResponseError) -> Bool {
        if case .statusLine = phase { try readStatusLine(buffer) }
        if case .fields = phase { try readFields(buffer) }
        switch phase {
        case .statusLine, .fields: break
        case .sized(let count):
            if buffer.count - cursor >= count {
                body = cursor..<(cursor + count)
                phase = .complete
            }
        case .chunked(var decoder):
            try decode(&buffer, &decoder)
        case .untilEnd:
            guard buffer.count - cursor <= bodyByteCountMax else { throw .bodyTooLarge }
            if isEnd {
                body = cursor..<buffer.count
                phase = .complete
            }
        case .complete: break
        }
        if case .complete = phase { return true }
        guard !isEnd else { throw .incomplete }
        return false
    }

    /// `HTTP/1.1 200 OK`; the phrase may be empty, but not its space (RFC 9112 §4).
    private mutating func readStatusLine(_ buffer: [UInt8]) throws(ResponseError) {
        let end = buffer[cursor...].firstIndex(of: HTTPByte.carriageReturn) ?? buffer.count
        guard end - headStart <= Self.limits.lineByteCountMax else { throw .headTooLarge }
        let line = buffer[headStart..<end]
        let prefix = Array("HTTP/1.".utf8)
        guard line.prefix(prefix.count).elementsEqual(prefix.prefix(line.count)) else { throw .malformed }
        cursor = end
        guard end + 1 < buffer.count else { return }
        let statusStart = headStart + 9
        let statusEnd = statusStart + 3
        guard buffer[end + 1] == HTTPByte.lineFeed, end > statusEnd, buffer[statusStart - 1] == HTTPByte.space,
            buffer[statusStart - 2] == UInt8(ascii: "0") || buffer[statusStart - 2] == UInt8(ascii: "1"),
            buffer[statusEnd] == HTTPByte.space, buffer[statusStart..<statusEnd].allSatisfy(\.isDigit),
            buffer[statusEnd..<end].allSatisfy(HTTPByte.isFieldValue),
            let status = Int(String(decoding: buffer[statusStart..<statusEnd], as: UTF8.self)),
            (100...599).contains(status)
        else { throw .malformed }
        self.status = status
        cursor = end + 2
        phase = .fields
    }

    private mutating func readFields(_ buffer: [UInt8]) throws(ResponseError) {
        while case .fields = phase {
            let outcome: FieldLineScanner.Outcome
            do throws(HTTPError) {
                outcome = try lines.next(
                    in: buffer.span, at: &cursor, lineByteCountMax: Self.limits.lineByteCountMax,
                    sectionEnd: headStart + Self.limits.headByteCountMax)
            } catch { throw ResponseError(error) }
            switch outcome {
            case .needsMore: return
            case .field(let name, let value):
                guard fields.count < Self.limits.fieldCountMax else { throw .headTooLarge }
                fields.append(
                    (
                        String(decoding: buffer[name].map(HTTPByte.lowercased), as: UTF8.self),
                        String(decoding: buffer[value], as: UTF8.self)
                    ))
            case .end: try beginBody(buffer)
            }
        }
    }

    private mutating func beginBody(_ buffer: [UInt8]) throws(ResponseError) {
        guard status >= 200 else {
            // 101 answers a wish to change the protocol, which we never have.
            interimCount += 1
            guard status != 101, interimCount <= Self.interimCountMax else { throw .malformed }
            fields = []
            headStart = cursor
            phase = .statusLine
            try readStatusLine(buffer)
            return
        }
        let codings = values(of: "transfer-encoding")
        let lengths = values(of: "content-length")
        guard codings.isEmpty || lengths.isEmpty else { throw .malformed }
        if isHead || status == 204 || status == 304 {
            body = cursor..<cursor
            phase = .complete
        } else if !codings.isEmpty {
            guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .malformed }
            phase = .chunked(ChunkedDecoder(at: cursor))
        } else if let length = lengths.first {
            let digitCountMax = 18
            guard lengths.count == 1, (1...digitCountMax).contains(length.utf8.count),
                length.utf8.allSatisfy(\.isDigit), let count = Int(length)
            else { throw .malformed }
            guard count <= bodyByteCountMax else { throw .bodyTooLarge }
            phase = .sized(count)
        } else {
            phase = .untilEnd
        }
    }

    private mutating func decode(_ buffer: inout [UInt8], _ decoder: inout ChunkedDecoder) throws(ResponseError) {
        var isComplete = false
        var usedCount = buffer.count
        do throws(HTTPError) {
            var bytes = buffer.mutableSpan
            isComplete = try decoder.decode(&bytes, limits: Self.limits, bodyByteCountMax: bodyByteCountMax)
            if !isComplete { usedCount = decoder.compact(&bytes) }
        } catch { throw ResponseError(error) }
        if isComplete {
            body = cursor..<decoder.decodedEnd
            phase = .complete
        } else {
            buffer.removeLast(buffer.count - usedCount)
            phase = .chunked(decoder)
        }
    }

    private func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

extension ResponseError {
    fileprivate init(_ error: HTTPError) {
        switch error {
        case .bodyTooLarge: self = .bodyTooLarge
        case .headTooLarge: self = .headTooLarge
        default: self = .malformed
        }
    }
}
