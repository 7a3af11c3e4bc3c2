/// The address of an outside request: an absolute `http` or `https` URL (RFC 9110 §4.2), read strictly.
///
/// One reader serves the check, the connection and the request, so that no two can understand it differently.
struct OutsideURL: Equatable, Sendable {
    var isSecure: Bool
    /// In small letters; an IPv6 address without its brackets.
    var host: String
    var port: UInt16
    /// Path and query, at least `/`.
    var target: String

    static let byteCountMax = 8 * 1024
    private static let hostByteCountMax = 253  // RFC 1035 §2.3.4, as text

    enum Fault: Error, Equatable, Sendable {
        /// Longer than ``byteCountMax``.
        case tooLong
        /// A character that has to be percent-encoded, or in a host name be written in Punycode.
        case invalidCharacter
        case unsupportedScheme
        /// A name or password before the host.
        case userInformation
        case invalidHost
        case invalidPort
    }

    init(parsing text: String) throws(Fault) {
        guard text.utf8.count <= Self.byteCountMax else { throw .tooLong }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .invalidCharacter }
        let text = text.prefix { $0 != "#" }  // a fragment is never sent
        guard let colon = text.firstIndex(of: ":") else { throw .unsupportedScheme }
        switch text[..<colon].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: throw .unsupportedScheme
        }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { throw .invalidHost }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInformation }
        (host, port) = try Self.hostAndPort(authority, defaultPort: isSecure ? 443 : 80)
        let target = rest[authority.endIndex...]
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// Where a response leads from here (RFC 3986 §5.2).
    ///
    /// - Parameter reference: the value of `Location`, absolute or relative.
    func resolving(_ reference: String) throws(Fault) -> OutsideURL {
        if let colon = reference.firstIndex(where: { ":/?#".contains($0) }), reference[colon] == ":" {
            return try OutsideURL(parsing: reference)
        }
        let scheme = isSecure ? "https:" : "http:"
        if reference.hasPrefix("//") { return try OutsideURL(parsing: scheme + reference) }
        let base = "\(scheme)//\(authority)"
        let path = target.prefix { $0 != "?" }
        if reference.isEmpty || reference.hasPrefix("#") { return self }
        if reference.hasPrefix("?") { return try OutsideURL(parsing: base + path + reference) }
        let folder = reference.hasPrefix("/") ? "" : path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        let merged = folder + reference
        let end = merged.firstIndex { $0 == "?" || $0 == "#" } ?? merged.endIndex
        return try OutsideURL(parsing: base + Self.removingDotSegments(merged[..<end]) + merged[end...])
    }

    /// The value of `Host`: the port only where it is not the scheme's own.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    func isSameOrigin(as other: OutsideURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    private static func hostAndPort(
        _ authority: Substring, defaultPort: UInt16
    ) throws(Fault) -> (host: String, port: UInt16) {
        let host: Substring
        var rest: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .invalidHost }
            host = authority[authority.index(after: authority.startIndex)..<close]
            rest = authority[authority.index(after: close)...]
            let bytes = Array(host.utf8)
            guard host.contains(":"), ClientAddress(parsing: bytes.span) != nil else { throw .invalidHost }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
            guard isName(host) else { throw .invalidHost }
        }
        guard !rest.isEmpty else { return (host.lowercased(), defaultPort) }
        guard rest.removeFirst() == ":" else { throw .invalidHost }
        guard !rest.isEmpty else { return (host.lowercased(), defaultPort) }
        guard rest.utf8.allSatisfy(\.isDigit), let port = UInt16(rest), port > 0 else { throw .invalidPort }
        return (host.lowercased(), port)
    }

    /// Letters, digits, `-`, `_` and `.`: a host name, or an IPv4 address in whatever form.
    private static func isName(_ host: Substring) -> Bool {
        (1...hostByteCountMax).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(HTTPByte.lowercased(byte))
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            }
            && !host.hasPrefix(".") && !host.hasPrefix("-") && !host.contains("..")
    }

    /// RFC 3986 §5.2.4, for a path that begins with `/`.
    private static func removingDotSegments(_ path: some StringProtocol) -> String {
        var segments: [Substring] = []
        let given = String(path).split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in given.enumerated() {
            let isLast = index == given.count - 1
            switch segment {
            case ".": if isLast { segments.append("") }
            case "..":
                if !segments.isEmpty { segments.removeLast() }
                if isLast { segments.append("") }
            default: segments.append(segment)
            }
        }
        return "/" + segments.joined(separator: "/")
    }
}

extension OutsideURL.Fault {
    /// Completes the sentence "The argument url …".
    var complaint: String {
        switch self {
        case .tooLong: "is longer than \(OutsideURL.byteCountMax) bytes"
        case .invalidCharacter: "has a character that must be percent-encoded"
        case .unsupportedScheme: "must begin with http:// or https://"
        case .userInformation: "must not hold a name or password"
        case .invalidHost: "has no valid host"
        case .invalidPort: "has no valid port"
        }
    }
}
