/// Writes one header field of a mail (RFC 5322 §2.2), folded, with other characters than ASCII encoded (RFC 2047).
struct MailField {
    private(set) var bytes: [UInt8]
    /// How long the last line is.
    private var column: Int

    /// What lines should not exceed: with encoded words in them 76 (RFC 2047 §2).
    static let lineByteCountMax = 76
    /// What stands as it is may make a line this long; RFC 5322 §2.1.1 forbids more than 998.
    private static let plainByteCountMax = 900

    init(_ name: String) {
        bytes = Array("\(name): ".utf8)
        column = bytes.count
    }

    /// The whole field with its end of line.
    var line: [UInt8] { bytes + [HTTPByte.carriageReturn, HTTPByte.lineFeed] }

    /// Appends what is ASCII and needs no encoding, such as an address, on a new line if this one is full.
    mutating func append(token: String) {
        let count = token.utf8.count
        if column + count > Self.lineByteCountMax, column > 1 { fold() }
        bytes += Array(token.utf8)
        column += count
    }

    /// Appends text without control characters: as it is if it can stand so, otherwise in encoded words.
    mutating func append(text: String) {
        // What looks like an encoded word would be read as one.
        let isSafe = text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?") && trimmingBlanks(text) == text
        let end = column + text.utf8.count
        guard isSafe, end <= Self.plainByteCountMax else {
            appendEncoded(text)
            return
        }
        bytes += Array(text.utf8)
        column = end
    }

    /// A mailbox with its name in the form it needs: atoms, a quoted string, or encoded words.
    mutating func append(_ mailbox: MailAddress) {
        guard let name = mailbox.displayName else {
            append(token: mailbox.address)
            return
        }
        if name.utf8.allSatisfy({ $0 < 0x80 }), !name.contains("=?") {
            let isAtoms = name.utf8.allSatisfy { MailAddress.isAtom($0) || $0 == HTTPByte.space }
            let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            append(token: isAtoms ? name : "\"\(escaped)\"")
        } else {
            appendEncoded(name)
        }
        bytes.append(HTTPByte.space)
        column += 1
        append(token: "<\(mailbox.address)>")
    }

    /// Encoded words of base64, each of whole characters, divided by folds that a reader removes again.
    private mutating func appendEncoded(_ text: String) {
        let overhead = "=?UTF-8?B??=".utf8.count
        let scalarByteCountMax = 4
        var word: [UInt8] = []
        func room(_ column: Int) -> Int { (Self.lineByteCountMax - column - overhead) / 4 * 3 }
        if room(column) < scalarByteCountMax { fold() }
        for scalar in text.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            if word.count + encoded.count > room(column) {
                append(word: word)
                fold()
                word = []
            }
            word += encoded
        }
        append(word: word)
    }

    private mutating func append(word: [UInt8]) {
        let start = bytes.count
        bytes += Array("=?UTF-8?B?".utf8)
        Base64.append(word.span, to: &bytes)
        bytes += Array("?=".utf8)
        column += bytes.count - start
    }

    private mutating func fold() {
        if bytes.last == HTTPByte.space { bytes.removeLast() }
        bytes += Array("\r\n ".utf8)
        column = 1
    }
}
