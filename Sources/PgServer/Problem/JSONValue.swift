/// Where one JSON value stands in the text it was read from.
struct JSONValue: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case object, array, string, number, boolean, null }

    var kind: Kind
    var start: Int
    var end: Int
    /// Whether a string holds a `\`, so that its bytes are not its characters.
    var hasEscapes = false

    var range: Range<Int> { start..<end }

    /// Appends the characters of a string, without its quotes and with its escapes resolved.
    ///
    /// - Precondition: `self` is a string that ``JSONScanner`` accepted in `text`.
    func appendString(of text: Span<UInt8>, to bytes: inout [UInt8]) {
        precondition(kind == .string)
        guard hasEscapes else {
            bytes.append(text.extracting((start + 1)..<(end - 1)))
            return
        }
        var position = start + 1
        while position < end - 1 {
            let byte = text[position]
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                position += 1
                continue
            }
            switch text[position + 1] {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                position += Self.appendUnicodeEscape(at: position, of: text, to: &bytes)
                continue
            case let literal: bytes.append(literal)  // `"`, `\` and `/` stand for themselves
            }
            position += 2
        }
    }

    /// Writes the scalar of `\uXXXX`, or of two of them that are a surrogate pair. Returns the bytes read.
    private static func appendUnicodeEscape(at position: Int, of text: Span<UInt8>, to bytes: inout [UInt8]) -> Int {
        let unit = codeUnit(at: position + 2, of: text)
        guard unit & 0xFC00 == 0xD800 else {
            bytes.appendScalar(unit)
            return 6
        }
        let low = codeUnit(at: position + 8, of: text)
        bytes.appendScalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        return 12
    }

    private static func codeUnit(at position: Int, of text: Span<UInt8>) -> UInt32 {
        var unit: UInt32 = 0
        for offset in 0..<4 { unit = unit << 4 | UInt32(text[position + offset].hexadecimalDigit ?? 0) }
        return unit
    }
}
