/// An API key: `pgs_` and 43 base64url letters, which hold 256 random bits.
///
/// Only its hash is stored. The key is random and long, so a plain SHA-256 is enough and can be looked up.
enum APIKey {
    static let prefix: StaticString = "pgs_"
    static let byteCount = 47

    /// Whether `credential` has the form of an API key. A JWS never has: it contains dots.
    static func isAPIKey(_ credential: Span<UInt8>) -> Bool {
        let prefixCount = prefix.utf8CodeUnitCount
        guard credential.count == byteCount else { return false }
        for index in 0..<prefixCount where credential[index] != prefix.utf8Start[index] { return false }
        for index in prefixCount..<byteCount where !Base64URL.isLetter(credential[index]) { return false }
        return true
    }

    /// SHA-256 of the whole key: the argument of `api.key_principal`.
    static func hash(_ credential: Span<UInt8>) -> [UInt8] { Digest.sha256.hash(credential) }
}
