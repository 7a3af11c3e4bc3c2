import COpenSSL

/// The hash of bytes that come piece by piece.
struct RunningDigest: ~Copyable {
    private let context: OpaquePointer
    private let byteCount: Int

    init(_ digest: Digest) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, digest.raw, nil) == 1 else {
            fatalError("OpenSSL could not begin a hash: out of memory")
        }
        self.context = context
        byteCount = digest.byteCount
    }

    deinit { EVP_MD_CTX_free(context) }

    func add(_ bytes: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            fatalError("OpenSSL could not hash")
        }
    }

    /// The hash of all that was added. Nothing may be added afterwards.
    func finish() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: byteCount)
        guard EVP_DigestFinal_ex(context, &hash, nil) == 1 else { fatalError("OpenSSL could not end a hash") }
        return hash
    }
}
