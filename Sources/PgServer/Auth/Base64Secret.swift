/// How a stored secret is read: base64 of either alphabet, padded or not.
///
/// Line breaks are skipped, because PostgreSQL's `encode(…, 'base64')` writes one after 76 letters.
enum Base64Secret {
    /// - Throws: `.unreadable` for anything else.
    static func decode(_ text: String) throws(KeyError) -> [UInt8] {
        var letters: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
            case UInt8(ascii: "+"): letters.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): letters.append(UInt8(ascii: "_"))
            default: letters.append(byte)
            }
        }
        let paddingCountMax = 2
        for _ in 0..<paddingCountMax where letters.last == UInt8(ascii: "=") { letters.removeLast() }
        guard let secret = Base64URL.decode(letters.span) else { throw .unreadable }
        return secret
    }
}
