/// The members of one JSON object: a token's header or its claims.
///
/// The whole text is checked when read; a member's value is built only when asked for. A member whose value is null
/// counts as absent. A member named twice refuses the object: two readers would see two tokens.
struct ClaimsReader: Sendable {
    enum Kind: Equatable, Sendable { case string, number, bool, null, array, object }

    private struct Member: Sendable {
        var name: String
        var kind: Kind
        var range: Range<Int>
    }

    /// Most members of the object.
    static let memberCountMax = 64
    /// Longest JSON text, in bytes. A token is shorter; an API key's claims come from SQL.
    static let byteCountMax = 16 * 1024

    let json: [UInt8]
    private var members: [Member] = []

    /// - Throws: `.malformed` unless `json` is exactly one strict JSON object within the limits.
    init(_ json: [UInt8]) throws(TokenError) {
        guard json.count <= Self.byteCountMax else { throw .malformed }
        do { _ = try UTF8Span(validating: json.span) } catch { throw .malformed }
        self.json = json
        var scanner = ClaimsScanner(json)
        scanner.skipWhitespace()
        guard scanner.take("{") else { throw .malformed }
        scanner.skipWhitespace()
        if !scanner.take("}") {
            repeat { try readMember(&scanner) } while scanner.take(",")
            guard scanner.take("}") else { throw .malformed }
        }
        scanner.skipWhitespace()
        guard scanner.isAtEnd else { throw .malformed }
    }

    /// The string members, by name.
    var strings: [String: String] {
        var strings: [String: String] = [:]
        for member in members where member.kind == .string { strings[member.name] = text(at: member.range) }
        return strings
    }

    func contains(_ name: String) -> Bool { member(name) != nil }

    func string(_ name: String) throws(TokenError) -> String? {
        guard let member = member(name) else { return nil }
        guard member.kind == .string else { throw .invalidClaims }
        return text(at: member.range)
    }

    func bool(_ name: String) throws(TokenError) -> Bool? {
        guard let member = member(name) else { return nil }
        guard member.kind == .bool else { throw .invalidClaims }
        return json[member.range.lowerBound] == UInt8(ascii: "t")
    }

    /// An array of strings.
    func strings(_ name: String) throws(TokenError) -> [String]? {
        guard let member = member(name) else { return nil }
        guard member.kind == .array else { throw .invalidClaims }
        var scanner = ClaimsScanner(json, from: member.range.lowerBound + 1)
        var strings: [String] = []
        scanner.skipWhitespace()
        guard !scanner.take("]") else { return [] }
        repeat {
            scanner.skipWhitespace()
            let first = scanner.index
            guard try scanner.value() == .string else { throw .invalidClaims }
            strings.append(text(at: first..<scanner.index))
            scanner.skipWhitespace()
        } while scanner.take(",")
        return strings
    }

    /// A string, or an array of strings: how `aud` may be written (RFC 7519 §4.1.3).
    func stringOrStrings(_ name: String) throws(TokenError) -> [String]? {
        if let member = member(name), member.kind == .string { return [text(at: member.range)] }
        return try strings(name)
    }

    /// A NumericDate (RFC 7519 §2), rounded up to a whole second.
    ///
    /// For a clock of whole seconds, comparing with the rounded value gives the same answer as comparing with the
    /// fraction itself. Exponents and more than ``secondsDigitCountMax`` digits are refused.
    func seconds(_ name: String) throws(TokenError) -> Int64? {
        guard let member = member(name) else { return nil }
        guard member.kind == .number else { throw .invalidClaims }
        var seconds: Int64 = 0
        var digitCount = 0
        var isNegative = false
        var isFraction = false
        var hasRemainder = false
        for byte in json[member.range] {
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where isFraction:
                if byte != UInt8(ascii: "0") { hasRemainder = true }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digitCount += 1
                guard digitCount <= Self.secondsDigitCountMax else { throw .invalidClaims }
                seconds = seconds * 10 + Int64(byte - UInt8(ascii: "0"))
            default: throw .invalidClaims
            }
        }
        if isNegative { return -seconds }
        return seconds + (hasRemainder ? 1 : 0)
    }

    /// Most digits before the point, so that adding a leeway cannot overflow.
    static let secondsDigitCountMax = 15

    private func member(_ name: String) -> Member? {
        guard let member = members.first(where: { $0.name == name }), member.kind != .null else { return nil }
        return member
    }

    private mutating func readMember(_ scanner: inout ClaimsScanner) throws(TokenError) {
        scanner.skipWhitespace()
        let nameStart = scanner.index
        try scanner.string()
        let name = text(at: nameStart..<scanner.index)
        guard members.count < Self.memberCountMax, !members.contains(where: { $0.name == name }) else {
            throw .malformed
        }
        scanner.skipWhitespace()
        guard scanner.take(":") else { throw .malformed }
        scanner.skipWhitespace()
        let valueStart = scanner.index
        let kind = try scanner.value()
        members.append(Member(name: name, kind: kind, range: valueStart..<scanner.index))
        scanner.skipWhitespace()
    }

    /// The text of a checked string, given with its quotes.
    private func text(at range: Range<Int>) -> String {
        let content = json[(range.lowerBound + 1)..<(range.upperBound - 1)]
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        var text = String.UnicodeScalarView()
        var index = content.startIndex
        while index < content.endIndex {
            guard content[index] == UInt8(ascii: "\\") else {
                let end = content[index...].firstIndex(of: UInt8(ascii: "\\")) ?? content.endIndex
                text.append(contentsOf: String(decoding: content[index..<end], as: UTF8.self).unicodeScalars)
                index = end
                continue
            }
            let letter = content[index + 1]
            index += 2
            if letter == UInt8(ascii: "u") {
                var scanner = ClaimsScanner(json, from: index)
                text.append(Self.scalar(at: &scanner))
                index = scanner.index
            } else {
                text.append(Self.unescaped(letter))
            }
        }
        return String(text)
    }

    /// The scan that built `members` has already refused every escape that is not a scalar.
    private static func scalar(at scanner: inout ClaimsScanner) -> Unicode.Scalar {
        do throws(TokenError) {
            guard let scalar = Unicode.Scalar(try scanner.codePoint()) else { return "\u{FFFD}" }
            return scalar
        } catch { preconditionFailure("an escape was not checked: \(error)") }
    }

    private static func unescaped(_ letter: UInt8) -> Unicode.Scalar {
        switch letter {
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: Unicode.Scalar(letter)
        }
    }
}
