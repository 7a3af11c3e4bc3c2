import COpenSSL

/// A cryptographic hash, fetched from OpenSSL once: finding an algorithm by name costs more than hashing a token.
final class Digest: @unchecked Sendable {
    // Safety: `raw` is set once, never freed, and OpenSSL only reads a fetched EVP_MD.
    let raw: OpaquePointer
    let byteCount: Int

    /// For the handshake of WebSockets alone, which asks for it and whose safety does not rest on it (RFC 6455 §10.8).
    static let sha1 = Digest(named: "SHA1", byteCount: 20)
    static let sha256 = Digest(named: "SHA256", byteCount: 32)
    static let sha512 = Digest(named: "SHA512", byteCount: 64)

    private init(named name: String, byteCount: Int) {
        guard let raw = EVP_MD_fetch(nil, name, nil) else {
            fatalError("OpenSSL offers no \(name): without it no credential can be checked")
        }
        self.raw = raw
        self.byteCount = byteCount
    }

    /// The hash of `bytes`.
    func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: byteCount)
        let status = bytes.withUnsafeBufferPointer { input in
            EVP_Digest(input.baseAddress, input.count, &hash, nil, raw, nil)
        }
        // A partial hash would compare equal to nothing or, worse, to another partial hash.
        guard status == 1 else { fatalError("OpenSSL could not hash: out of memory") }
        return hash
    }
}
