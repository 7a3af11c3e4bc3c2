/// Writes the text of a mail so that it passes every server: lines of at most 76 ASCII characters (RFC 2045 §6).
enum TransferEncoding: String {
    case quotedPrintable = "quoted-printable"
    case base64 = "base64"

    private static let lineByteCountMax = 76

    /// What is shorter, nearly: each encoded byte costs three characters in the one, each byte 4/3 in the other.
    static func best(for text: [UInt8]) -> TransferEncoding {
        text.count { $0 >= 0x80 } * 6 > text.count ? .base64 : .quotedPrintable
    }

    /// Appends the text in lines that end with CRLF, its own line ends among them.
    func append(_ text: [UInt8], to out: inout [UInt8]) {
        switch self {
        case .quotedPrintable: Self.appendQuotedPrintable(text, to: &out)
        case .base64: Self.appendBase64(Self.withFullLineEnds(text), to: &out)
        }
    }

    private static func appendQuotedPrintable(_ text: [UInt8], to out: inout [UInt8]) {
        var column = 0
        func endsLine(_ index: Int) -> Bool {
            index == text.count || text[index] == HTTPByte.lineFeed
                || text[index] == HTTPByte.carriageReturn && index + 1 < text.count
                    && text[index + 1] == HTTPByte.lineFeed
        }
        var index = 0
        while index < text.count {
            if endsLine(index) {
                out += Array("\r\n".utf8)
                index += text[index] == HTTPByte.lineFeed ? 1 : 2
                column = 0
                continue
            }
            let byte = text[index]
            // A blank at the end of a line might be lost on the way.
            let isPlain =
                HTTPByte.isWhitespace(byte)
                ? !endsLine(index + 1) : byte > HTTPByte.space && byte < 0x7F && byte != HTTPByte.equals
            let count = isPlain ? 1 : 3
            if column + count > lineByteCountMax - 1 {
                out += Array("=\r\n".utf8)
                column = 0
            }
            if isPlain { out.append(byte) } else { appendEncoded(byte, to: &out) }
            column += count
            index += 1
        }
        if column > 0 { out += Array("\r\n".utf8) }
    }

    private static func appendEncoded(_ byte: UInt8, to out: inout [UInt8]) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10 }
        out.append(HTTPByte.equals)
        out.append(digit(byte >> 4))
        out.append(digit(byte & 0xF))
    }

    private static func appendBase64(_ text: [UInt8], to out: inout [UInt8]) {
        let lineInputByteCount = lineByteCountMax / 4 * 3
        for start in stride(from: 0, to: text.count, by: lineInputByteCount) {
            Base64.append(text[start..<min(start + lineInputByteCount, text.count)].span, to: &out)
            out += Array("\r\n".utf8)
        }
    }

    /// The text with CRLF for every line end, as text of MIME has to be before base64 (RFC 2045 §6.8).
    private static func withFullLineEnds(_ text: [UInt8]) -> [UInt8] {
        var full: [UInt8] = []
        full.reserveCapacity(text.count + text.count / 32)
        for byte in text {
            if byte == HTTPByte.lineFeed, full.last != HTTPByte.carriageReturn { full.append(HTTPByte.carriageReturn) }
            full.append(byte)
        }
        return full
    }
}
