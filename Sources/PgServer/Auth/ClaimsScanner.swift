/// A strict walk over JSON (RFC 8259) that says where values lie and builds none of them.
///
/// Stricter than the RFC in one point: a string with `\u0000` or half a surrogate pair is refused, since PostgreSQL's
/// jsonb, which reads the claims next, has no such text.
struct ClaimsScanner {
    /// Deepest accepted nesting.
    static let depthMax = 16

    private let bytes: [UInt8]
    private(set) var index: Int

    init(_ bytes: [UInt8], from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skipWhitespace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    /// Steps over `byte` if it comes next.
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    /// Steps over one value and says what it was.
    mutating func value(depth: Int = 1) throws(TokenError) -> ClaimsReader.Kind {
        guard index < bytes.count else { throw .malformed }
        switch bytes[index] {
        case UInt8(ascii: "\""):
            try string()
            return .string
        case UInt8(ascii: "{"):
            try object(depth: depth)
            return .object
        case UInt8(ascii: "["):
            try array(depth: depth)
            return .array
        case UInt8(ascii: "t"): return try word("true", .bool)
        case UInt8(ascii: "f"): return try word("false", .bool)
        case UInt8(ascii: "n"): return try word("null", .null)
        default:
            try number()
            return .number
        }
    }

    /// Steps over a string, quotes included.
    mutating func string() throws(TokenError) {
        guard take("\"") else { throw .malformed }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw .malformed
            default: break
            }
        }
        throw .malformed
    }

    private mutating func escape() throws(TokenError) {
        guard index < bytes.count else { throw .malformed }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"): _ = try codePoint()
        default: throw .malformed
        }
    }

    /// Reads what follows `\u`: four hexadecimal digits, or a whole surrogate pair.
    mutating func codePoint() throws(TokenError) -> UInt32 {
        let first = try hexadecimalUnit()
        switch first {
        case 0: throw .malformed
        case 0xD800..<0xDC00:
            guard take("\\"), take("u") else { throw .malformed }
            let second = try hexadecimalUnit()
            guard (0xDC00..<0xE000).contains(second) else { throw .malformed }
            return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        case 0xDC00..<0xE000: throw .malformed
        default: return first
        }
    }

    private mutating func hexadecimalUnit() throws(TokenError) -> UInt32 {
        guard index + 4 <= bytes.count else { throw .malformed }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = bytes[index].hexadecimalDigit else { throw .malformed }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }

    private mutating func object(depth: Int) throws(TokenError) {
        guard depth <= Self.depthMax, take("{") else { throw .malformed }
        skipWhitespace()
        if take("}") { return }
        repeat {
            skipWhitespace()
            try string()
            skipWhitespace()
            guard take(":") else { throw .malformed }
            skipWhitespace()
            _ = try value(depth: depth + 1)
            skipWhitespace()
        } while take(",")
        guard take("}") else { throw .malformed }
    }

    private mutating func array(depth: Int) throws(TokenError) {
        guard depth <= Self.depthMax, take("[") else { throw .malformed }
        skipWhitespace()
        if take("]") { return }
        repeat {
            skipWhitespace()
            _ = try value(depth: depth + 1)
            skipWhitespace()
        } while take(",")
        guard take("]") else { throw .malformed }
    }

    private mutating func word(
        _ word: StaticString, _ kind: ClaimsReader.Kind
    ) throws(TokenError) -> ClaimsReader.Kind {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.count else { throw .malformed }
        let isEqual = word.withUTF8Buffer { bytes[index..<(index + count)].elementsEqual($0) }
        guard isEqual else { throw .malformed }
        index += count
        return kind
    }

    private mutating func number() throws(TokenError) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
    }

    private mutating func digits() throws(TokenError) {
        let first = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        guard index > first else { throw .malformed }
    }
}
