/// The signature algorithms this server signs and verifies with (RFC 7518 §3.1). A key has exactly one.
enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case es256 = "ES256"
    case rs256 = "RS256"
    case rs512 = "RS512"
    case hs256 = "HS256"

    /// Whether the verifying key may be published.
    var isAsymmetric: Bool { self != .hs256 }

    var digest: Digest { self == .rs512 ? .sha512 : .sha256 }
}
