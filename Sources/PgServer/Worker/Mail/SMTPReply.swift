/// One reply of a mail server (RFC 5321 §4.2): a code, and a line of text or several.
struct SMTPReply: Equatable, Sendable {
    var code: Int
    var lines: [String]

    /// Whether the same command may succeed another time (§4.2.1).
    var isTemporary: Bool { (400..<500).contains(code) }

    private static let lineByteCountMax = 2048
    private static let lineCountMax = 128

    struct Malformed: Error {}

    /// Takes a complete reply from the front of the buffer.
    ///
    /// - Returns: nil if it is not complete yet.
    static func take(from buffer: inout [UInt8]) throws(Malformed) -> SMTPReply? {
        var start = 0
        var reply: SMTPReply?
        while let end = buffer[start...].firstIndex(of: HTTPByte.lineFeed) {
            guard end - start <= lineByteCountMax, end >= start + 4, buffer[end - 1] == HTTPByte.carriageReturn,
                buffer[start..<(start + 3)].allSatisfy(\.isDigit),
                let code = Int(String(decoding: buffer[start..<(start + 3)], as: UTF8.self)),
                (200..<600).contains(code), reply?.code ?? code == code, reply?.lines.count ?? 0 < lineCountMax
            else { throw Malformed() }
            let text = buffer[(start + 3)..<(end - 1)]
            let isLast = text.first != UInt8(ascii: "-")
            guard !isLast || text.isEmpty || text.first == HTTPByte.space else { throw Malformed() }
            reply = SMTPReply(
                code: code, lines: (reply?.lines ?? []) + [String(decoding: text.dropFirst(), as: UTF8.self)])
            start = end + 1
            if isLast {
                buffer.removeFirst(start)
                return reply
            }
        }
        guard buffer.count - start <= lineByteCountMax else { throw Malformed() }
        return nil
    }

    /// The first line for a person: bounded, and without control characters.
    var summary: String {
        let text = lines.first ?? ""
        let scalars = text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && $0.value != 0x7F }
        return "\(code) \(String(String.UnicodeScalarView(scalars)))"
    }
}
