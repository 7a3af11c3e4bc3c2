/// The server that takes our mail (RFC 6409): where it is, how the connection is kept secret, who we are there.
struct MailServer: Equatable, Sendable {
    enum Security: Equatable, Sendable {
        /// TLS from the first byte (RFC 8314): `smtps://`.
        case implicitTLS
        /// `STARTTLS` before anything else (RFC 3207); without it no mail is sent.
        case startTLS
        /// Clear text, for a relay on the same machine.
        case none
    }

    struct Credentials: Equatable, Sendable {
        var user: String
        var password: String
    }

    var host: String
    var port: UInt16
    var security: Security
    var credentials: Credentials?

    private static let partByteCountMax = 255

    /// Reads `smtps://user:password@host`, `smtp://host:587?starttls=required` and the like.
    ///
    /// Nil for anything else, and for a password that would be sent in clear text.
    init?(parsing url: String) {
        let isImplicit = url.hasPrefix("smtps://")
        guard isImplicit || url.hasPrefix("smtp://") else { return nil }
        var rest = url.dropFirst(isImplicit ? 8 : 7)
        security = isImplicit ? .implicitTLS : .startTLS
        if let question = rest.firstIndex(of: "?") {
            switch rest[question...] {
            case "?starttls=required" where !isImplicit: break
            case "?starttls=off" where !isImplicit: security = .none
            default: return nil
            }
            rest = rest[..<question]
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let user = Self.decoded(parts[0]), let password = Self.decoded(parts[1]),
                security != .none
            else { return nil }
            credentials = Credentials(user: user, password: password)
            rest = rest[rest.index(after: at)...]
        }
        var portText: Substring?
        if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            let tail = rest[rest.index(after: close)...]
            guard addressBitCount(host) == 128, tail.isEmpty || tail.hasPrefix(":") else { return nil }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else {
            let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = parts[0].lowercased()
            portText = parts.count == 2 ? parts[1] : nil
            guard Self.isHost(host) else { return nil }
        }
        port = isImplicit ? 465 : 587
        if let portText {
            guard let given = UInt16(portText), given > 0, portText.utf8.allSatisfy(\.isDigit) else { return nil }
            port = given
        }
    }

    private static func isHost(_ host: String) -> Bool {
        (1...partByteCountMax).contains(host.utf8.count) && !host.hasPrefix(".") && !host.hasPrefix("-")
            && host.utf8.allSatisfy { byte in
                byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: ".")
            }
    }

    /// A name or password: not empty, and without the NUL that divides them in AUTH PLAIN (RFC 4616).
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        let encoded = Array(text.utf8)
        guard PercentEncoding.appendDecoded(encoded.span, plusIsSpace: false, to: &bytes),
            (1...partByteCountMax).contains(bytes.count), bytes.span.textLength() != nil
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
