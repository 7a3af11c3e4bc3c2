/// Resolves percent-encoding (RFC 3986 §2.1).
enum PercentEncoding {
    /// Appends the bytes that `text` stands for.
    ///
    /// - Parameter plusIsSpace: As in a query (application/x-www-form-urlencoded), but not in a path.
    /// - Returns: false if a `%` is not followed by two hexadecimal digits.
    static func appendDecoded(_ text: Span<UInt8>, plusIsSpace: Bool, to out: inout [UInt8]) -> Bool {
        var position = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "%"):
                guard position + 2 < text.count, let high = text[position + 1].hexadecimalDigit,
                    let low = text[position + 2].hexadecimalDigit
                else { return false }
                out.append(high << 4 | low)
                position += 3
            case UInt8(ascii: "+") where plusIsSpace:
                out.append(0x20)
                position += 1
            case let byte:
                out.append(byte)
                position += 1
            }
        }
        return true
    }
}
