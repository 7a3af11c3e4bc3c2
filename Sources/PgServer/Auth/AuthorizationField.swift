/// The value of an `Authorization` field (RFC 9110 §11.6.2), as far as this server understands it.
enum AuthorizationField: Equatable, Sendable {
    /// `Bearer` (RFC 6750 §2.1): where the credential lies in the value.
    case bearer(Range<Int>)
    /// Another scheme, such as `Basic`.
    case unsupported
    /// `Bearer` without exactly one space and one token68 after it, or a value that is too long.
    case malformed

    /// Longest accepted value, in bytes.
    static let byteCountMax = schemeByteCount + 1 + TokenVerifier.tokenByteCountMax
    private static let scheme: StaticString = "bearer"
    private static let schemeByteCount = scheme.utf8CodeUnitCount

    /// - Parameter value: The field's value without the whitespace around it.
    init(parsing value: Span<UInt8>) {
        guard Self.isBearer(value) else {
            self = .unsupported
            return
        }
        let first = Self.schemeByteCount + 1
        guard value.count <= Self.byteCountMax, Self.isToken68(value, from: first) else {
            self = .malformed
            return
        }
        self = .bearer(first..<value.count)
    }

    private static func isBearer(_ value: Span<UInt8>) -> Bool {
        guard value.count >= schemeByteCount else { return false }
        for index in 0..<schemeByteCount where value[index] | 0x20 != scheme.utf8Start[index] { return false }
        return value.count == schemeByteCount || value[schemeByteCount] == UInt8(ascii: " ")
    }

    /// RFC 9110 §11.2: letters, digits and `-._~+/`, then `=` as padding.
    private static func isToken68(_ value: Span<UInt8>, from first: Int) -> Bool {
        guard first < value.count else { return false }
        var isPadding = false
        for index in first..<value.count {
            let byte = value[index]
            if byte == UInt8(ascii: "=") {
                guard index > first else { return false }
                isPadding = true
                continue
            }
            guard !isPadding else { return false }
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"): continue
            default: guard Base64URL.isLetter(byte) else { return false }
            }
        }
        return true
    }
}
