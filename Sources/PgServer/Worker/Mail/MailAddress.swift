/// A mailbox of RFC 5322 §3.4: an address, perhaps with the name of whom it belongs to.
struct MailAddress: Equatable, Sendable {
    var displayName: String?
    /// `local@domain`, in the plain form that every server takes: dot-atoms of ASCII.
    let address: String

    var domain: Substring { address[(address.lastIndex(of: "@") ?? address.startIndex)...].dropFirst() }

    private static let localByteCountMax = 64  // RFC 5321 §4.5.3.1.1
    private static let addressByteCountMax = 254  // RFC 5321 §4.5.3.1.3, without its angle brackets
    private static let labelByteCountMax = 63
    static let textByteCountMax = 512

    /// Reads `ada@example.com`, `Ada Lovelace <ada@example.com>` or `"Lovelace, Ada" <ada@example.com>`.
    ///
    /// Nil for anything else: quoted local parts, address literals, comments, groups, control characters.
    init?(parsing text: String) {
        guard text.utf8.count <= Self.textByteCountMax, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        let text = trimmingBlanks(text)
        var address = text[...]
        if text.hasSuffix(">") {
            guard let open = text.lastIndex(of: "<"), let name = Self.displayName(text[..<open]) else { return nil }
            displayName = name.isEmpty ? nil : name
            address = text[text.index(after: open)...].dropLast()
        }
        guard Self.isAddress(address) else { return nil }
        self.address = String(address)
    }

    private static func displayName(_ text: Substring) -> String? {
        let name = trimmingBlanks(text)
        guard name.hasPrefix("\"") else { return name.contains(where: { "\"<>".contains($0) }) ? nil : name }
        guard name.count >= 2, name.hasSuffix("\"") else { return nil }
        var plain = ""
        var isEscaped = false
        for character in name.dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                guard isEscaped || character != "\"" else { return nil }
                plain.append(character)
                isEscaped = false
            }
        }
        return isEscaped ? nil : plain
    }

    private static func isAddress(_ text: Substring) -> Bool {
        guard text.utf8.count <= addressByteCountMax, let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        return (1...localByteCountMax).contains(local.utf8.count)
            && local.split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isAtom) }
            && domain.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    /// `atext` of RFC 5322 §3.2.3.
    static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: byte.isDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...labelByteCountMax).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { byte in
                byte.isDigit || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(HTTPByte.lowercased(byte))
            }
    }
}
