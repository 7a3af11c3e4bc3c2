/// Reads `Content-Type` (RFC 9110 §8.3).
enum MediaType {
    /// Whether the value is `application/json` or `application/…+json`, in UTF-8 as RFC 8259 §8.1 requires.
    ///
    /// `charset=utf-8` may be said, other parameters are ignored. Another charset, or a broken parameter, is a no.
    static func isJSON(_ value: Span<UInt8>) -> Bool {
        guard let typeEnd = endOfType(value) else { return false }
        let type = value.extracting(first: typeEnd)
        guard type.equalsIgnoringCase("application/json") || isStructuredJSON(type) else { return false }
        return isUTF8(value, parametersFrom: typeEnd)
    }

    /// Whether the value is of that type, whatever its parameters.
    ///
    /// - Parameter type: ASCII without capitals, such as `multipart/form-data`.
    static func matches(_ value: Span<UInt8>, _ type: StaticString) -> Bool {
        guard let typeEnd = endOfType(value) else { return false }
        return value.extracting(first: typeEnd).equalsIgnoringCase(type)
    }

    private static func isStructuredJSON(_ type: Span<UInt8>) -> Bool {
        let prefix: StaticString = "application/"
        let suffix: StaticString = "+json"
        return type.count > prefix.utf8CodeUnitCount + suffix.utf8CodeUnitCount
            && type.extracting(first: prefix.utf8CodeUnitCount).equalsIgnoringCase(prefix)
            && type.extracting(last: suffix.utf8CodeUnitCount).equalsIgnoringCase(suffix)
    }

    /// Where `type/subtype` ends; nil unless both are tokens and nothing but a parameter follows.
    private static func endOfType(_ value: Span<UInt8>) -> Int? {
        let slash = value.endOfToken(from: 0)
        guard slash > 0, slash < value.count, value[slash] == HTTPByte.slash else { return nil }
        let end = value.endOfToken(from: slash + 1)
        guard end > slash + 1 else { return nil }
        let next = value.endOfWhitespace(from: end)
        return next == value.count || value[next] == HTTPByte.semicolon ? end : nil
    }

    /// Walks `*( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )`.
    private static func isUTF8(_ value: Span<UInt8>, parametersFrom start: Int) -> Bool {
        var index = value.endOfWhitespace(from: start)
        while index < value.count {
            guard value[index] == HTTPByte.semicolon else { return false }
            let name = value.endOfWhitespace(from: index + 1)
            let nameEnd = value.endOfToken(from: name)
            if nameEnd == name {
                index = name
                continue
            }
            guard nameEnd < value.count, value[nameEnd] == HTTPByte.equals,
                let content = parameterValue(of: value, at: nameEnd + 1)
            else { return false }
            if value.extracting(name..<nameEnd).equalsIgnoringCase("charset") {
                guard value.extracting(content.range).equalsIgnoringCase("utf-8") else { return false }
            }
            index = value.endOfWhitespace(from: content.end)
        }
        return true
    }

    /// A token, or what stands between quotes, escapes included; and where it ends.
    private static func parameterValue(of value: Span<UInt8>, at start: Int) -> (range: Range<Int>, end: Int)? {
        guard start < value.count else { return nil }
        guard value[start] == HTTPByte.quote else {
            let end = value.endOfToken(from: start)
            return end > start ? (start..<end, end) : nil
        }
        var index = start + 1
        while index < value.count, value[index] != HTTPByte.quote {
            index += value[index] == HTTPByte.backslash ? 2 : 1
        }
        return index < value.count ? ((start + 1)..<index, index + 1) : nil
    }
}

extension Span<UInt8> {
    fileprivate func endOfToken(from start: Int) -> Int {
        var index = start
        while index < count, HTTPByte.isToken(self[index]) { index += 1 }
        return index
    }

    fileprivate func endOfWhitespace(from start: Int) -> Int {
        var index = start
        while index < count, HTTPByte.isWhitespace(self[index]) { index += 1 }
        return index
    }
}
