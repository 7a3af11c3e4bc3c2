/// Reads the request line and the fields of one request (RFC 9112 §2 to §6).
///
///     start ──▶ method ──SP──▶ path ──?──▶ query ──SP──▶ version ──CRLF──▶ fields ──empty line──▶ done
///                               └───────────SP────────────▲
///
/// Stops at the first byte that cannot be part of a request, and remembers its place when the bytes run out.
struct RequestHeadParser: Sendable {
    private enum Phase { case start, startLineFeed, method, path, query, version, lineEnd, lineFeed, fields, done }

    /// `HTTP/1.1`
    private static let versionByteCount = 8

    private var phase = Phase.start
    private(set) var cursor = 0
    private var lineStart = 0
    private var targetStart = 0
    private var fieldLines = FieldLineScanner()
    private var connectionUpgrades = false

    /// Reads on.
    ///
    /// One empty line in front of the request line is skipped, as RFC 9112 §2.2 wishes; a second one is refused.
    ///
    /// - Returns: Whether the head is complete.
    mutating func parse(
        _ bytes: Span<UInt8>, limits: borrowing HTTPLimits, into head: inout RequestHead
    ) throws(HTTPError) -> Bool {
        while true {
            switch phase {
            case .start:
                guard cursor < bytes.count else { return false }
                if bytes[cursor] == HTTPByte.carriageReturn {
                    cursor += 1
                    phase = .startLineFeed
                } else {
                    phase = .method
                }
            case .startLineFeed:
                guard cursor < bytes.count else { return false }
                guard bytes[cursor] == HTTPByte.lineFeed else { throw .malformedRequestLine }
                cursor += 1
                lineStart = cursor
                phase = .method
            case .method:
                guard try readMethod(bytes, into: &head) else { return false }
            case .path, .query:
                guard try readTarget(bytes, limits: limits, into: &head) else { return false }
            case .version:
                guard try readVersion(bytes, limits: limits, into: &head) else { return false }
            case .lineEnd:
                guard cursor < bytes.count else { return false }
                guard bytes[cursor] == HTTPByte.carriageReturn else { throw .malformedRequestLine }
                cursor += 1
                phase = .lineFeed
            case .lineFeed:
                guard cursor < bytes.count else { return false }
                guard bytes[cursor] == HTTPByte.lineFeed else { throw .malformedRequestLine }
                cursor += 1
                phase = .fields
            case .fields:
                guard try readFields(bytes, limits: limits, into: &head) else { return false }
                try finish(&head)
                phase = .done
            case .done:
                return true
            }
        }
    }

    private mutating func readMethod(_ bytes: Span<UInt8>, into head: inout RequestHead) throws(HTTPError) -> Bool {
        let longest = lineStart + Method.byteCountMax
        let end = min(bytes.count, longest)
        while cursor < end, HTTPByte.isToken(bytes[cursor]) { cursor += 1 }
        guard cursor < end else {
            guard cursor < longest else { throw .unsupportedMethod }
            return false
        }
        guard bytes[cursor] == HTTPByte.space, cursor > lineStart else { throw .malformedRequestLine }
        guard let method = Method(bytes.extracting(lineStart..<cursor)) else { throw .unsupportedMethod }
        head.method = method
        cursor += 1
        targetStart = cursor
        phase = .path
        return true
    }

    private mutating func readTarget(
        _ bytes: Span<UInt8>, limits: borrowing HTTPLimits, into head: inout RequestHead
    ) throws(HTTPError) -> Bool {
        let lineEnd = lineStart + limits.lineByteCountMax
        let end = min(bytes.count, lineEnd)
        var index = cursor
        defer { cursor = index }
        if phase == .path {
            while index < end, HTTPByte.isTarget(bytes[index]), bytes[index] != HTTPByte.questionMark { index += 1 }
        } else {
            while index < end, HTTPByte.isTarget(bytes[index]) { index += 1 }
        }
        guard index < end else {
            guard index < lineEnd else {
                // Its beginning tells whose words the refusal has.
                if phase == .path { head.path = targetStart..<index }
                throw .requestLineTooLong
            }
            return false
        }
        if phase == .path {
            head.path = targetStart..<index
            if bytes[index] == HTTPByte.questionMark {
                index += 1
                phase = .query
                return true
            }
        } else {
            head.query = (head.path.upperBound + 1)..<index
        }
        guard bytes[index] == HTTPByte.space, index > targetStart else { throw .malformedRequestLine }
        head.target = targetStart..<index
        try readTargetForm(bytes, into: &head)
        index += 1
        phase = .version
        return true
    }

    /// Takes an absolute target apart and refuses what is no target of the method.
    ///
    /// In `http://host?query` the path is empty and means `/`. It is then placed upon the slash before the host, so
    /// that no reader of ``RequestHead/path`` need know of this.
    private func readTargetForm(_ bytes: Span<UInt8>, into head: inout RequestHead) throws(HTTPError) {
        let path = head.path
        guard path.count > 0 else { throw .malformedTarget }
        switch bytes[path.lowerBound] {
        case HTTPByte.slash:
            return
        case HTTPByte.asterisk:
            guard head.method == .options, head.target.count == 1 else { throw .malformedTarget }
        default:
            guard let schemeEnd = endOfScheme(bytes.extracting(path)) else { throw .malformedTarget }
            let start = path.lowerBound + schemeEnd
            var end = start
            while end < path.upperBound, bytes[end] != HTTPByte.slash { end += 1 }
            guard Authority.isValid(bytes.extracting(start..<end)) else { throw .malformedTarget }
            head.authority = start..<end
            head.path = end < path.upperBound ? end..<path.upperBound : (start - 1)..<start
        }
    }

    private func endOfScheme(_ target: Span<UInt8>) -> Int? {
        if target.extracting(first: 7).equalsIgnoringCase("http://") { return 7 }
        if target.extracting(first: 8).equalsIgnoringCase("https://") { return 8 }
        return nil
    }

    private mutating func readVersion(
        _ bytes: Span<UInt8>, limits: borrowing HTTPLimits, into head: inout RequestHead
    ) throws(HTTPError) -> Bool {
        guard cursor + Self.versionByteCount <= lineStart + limits.lineByteCountMax else { throw .requestLineTooLong }
        // Eight bytes at most are looked at again when they arrive in pieces.
        let version = bytes.extracting(cursor..<min(bytes.count, cursor + Self.versionByteCount))
        let pattern: StaticString = "HTTP/0.0"
        for index in version.indices {
            let expected = pattern.utf8Start[index]
            guard expected == HTTPByte.zero ? HTTPByte.isDigit(version[index]) : version[index] == expected else {
                throw .malformedRequestLine
            }
        }
        guard version.count == Self.versionByteCount else { return false }
        guard version[5] == UInt8(ascii: "1"), version[7] <= UInt8(ascii: "1") else { throw .unsupportedVersion }
        head.isHTTP11 = version[7] == UInt8(ascii: "1")
        cursor += Self.versionByteCount
        phase = .lineEnd
        return true
    }

    private mutating func readFields(
        _ bytes: Span<UInt8>, limits: borrowing HTTPLimits, into head: inout RequestHead
    ) throws(HTTPError) -> Bool {
        while true {
            let outcome = try fieldLines.next(
                in: bytes, at: &cursor, lineByteCountMax: limits.lineByteCountMax, sectionEnd: limits.headByteCountMax)
            switch outcome {
            case .needsMore:
                return false
            case .end:
                return true
            case .field(let name, let value):
                guard head.fields.count < limits.fieldCountMax else { throw .headTooLarge }
                let kind = KnownField(name: bytes.extracting(name))
                try head.append(RequestHead.Field(name: name, value: value, kind: kind))
                if let kind { try understand(kind, value, in: bytes, into: &head) }
            }
        }
    }

    /// Reads the fields that decide on framing and on the connection.
    @inline(__always)
    private mutating func understand(
        _ kind: KnownField, _ value: Range<Int>, in bytes: Span<UInt8>, into head: inout RequestHead
    ) throws(HTTPError) {
        switch kind {
        case .host:
            guard Authority.isValid(bytes.extracting(value)) else { throw .invalidHost }
            if head.authority == nil { head.authority = value }
        case .contentLength:
            head.contentLength = try Framing.contentLength(bytes.extracting(value))
        case .transferEncoding:
            try Framing.requireChunked(bytes.extracting(value))
            head.isChunked = true
        case .connection:
            var options = ListElements(of: value)
            while let option = options.next(in: bytes) {
                let option = bytes.extracting(option)
                if option.equalsIgnoringCase("close") { head.keepsAlive = false }
                if option.equalsIgnoringCase("upgrade") { connectionUpgrades = true }
            }
        case .expect where head.isHTTP11:  // RFC 9110 §10.1.1: in HTTP/1.0 it is to be ignored
            guard bytes.extracting(value).equalsIgnoringCase("100-continue") else { throw .unsupportedExpectation }
            head.expectsContinue = true
        default:
            break
        }
    }

    /// Checks what only the whole head can tell.
    private func finish(_ head: inout RequestHead) throws(HTTPError) {
        head.byteCount = cursor
        if head.isHTTP11 {
            guard head.value(of: .host) != nil else { throw .invalidHost }
            head.isUpgrade = connectionUpgrades && head.value(of: .upgrade) != nil
        } else {
            guard !head.isChunked else { throw .invalidTransferEncoding }
            head.keepsAlive = false
        }
        guard !head.isChunked || head.contentLength == nil else { throw .conflictingFraming }
        head.expectsContinue = head.expectsContinue && head.hasBody
    }
}
