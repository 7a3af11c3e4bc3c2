/// Writes JSON strings. What it writes is one line and may stand inside any JSON text.
enum JSONWriter {
    static func appendQuoted(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendQuoted($0.span, to: &out) }
    }

    /// Writes bytes that may not be UTF-8; each stretch that is not becomes one U+FFFD.
    static func appendQuoted(_ text: Span<UInt8>, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        var position = 0
        while position < text.count {
            let plainCount = plainByteCount(of: text, from: position)
            if plainCount > 0 {
                out.append(text.extracting(position..<(position + plainCount)))
                position += plainCount
            } else if text[position] < 0x80 {
                appendEscaped(text[position], to: &out)
                position += 1
            } else if let count = text.scalarByteCount(at: position) {
                out.append(text.extracting(position..<(position + count)))
                position += count
            } else {
                out.appendScalar(0xFFFD)
                repeat { position += 1 } while position < text.count && text[position] & 0xC0 == 0x80
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    /// How many bytes from here on stand for themselves.
    private static func plainByteCount(of text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count {
            let byte = text[position]
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            position += 1
        }
        return position - start
    }

    private static func appendEscaped(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            out.append(UInt8(ascii: "\\"))
            out.append(byte)
        case 0x08: out.append(contentsOf: "\\b".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0C: out.append(contentsOf: "\\f".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x00..<0x20, 0x7F:
            out.append(contentsOf: "\\u00".utf8)
            out.appendHexadecimal(byte)
        default: out.append(byte)
        }
    }
}
