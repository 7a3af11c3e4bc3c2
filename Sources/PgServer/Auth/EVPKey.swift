import COpenSSL

/// An asymmetric key held by OpenSSL, freed once.
///
/// Every failure empties the thread's OpenSSL error queue: a TLS connection to PostgreSQL on the same thread would
/// otherwise take our error for its own.
final class EVPKey: @unchecked Sendable {
    // Safety: nothing changes the key after `init`; OpenSSL lets threads share an EVP_PKEY that is not changed.
    private let raw: OpaquePointer

    /// Bits of a generated RSA key, and the bounds of one that is loaded: a huge modulus makes verifying slow.
    static let generatedRSABitCount: Int32 = 3072
    static let rsaBitCountMin: Int32 = 2048
    static let rsaBitCountMax: Int32 = 8192
    /// Longest PEM text read.
    static let pemByteCountMax = 16 * 1024

    private init(owning raw: OpaquePointer) {
        self.raw = raw
    }

    deinit { EVP_PKEY_free(raw) }

    /// Makes a new key pair. Milliseconds for ES256, up to a second for RSA.
    static func generate(for algorithm: SignatureAlgorithm) throws(KeyError) -> EVPKey {
        precondition(algorithm.isAsymmetric)
        let isEC = algorithm == .es256
        guard let context = EVP_PKEY_CTX_new_from_name(nil, isEC ? "EC" : "RSA", nil) else { throw failure(.failed) }
        defer { EVP_PKEY_CTX_free(context) }
        var raw: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            isEC
                ? EVP_PKEY_CTX_set_group_name(context, curveName) == 1
                : EVP_PKEY_CTX_set_rsa_keygen_bits(context, generatedRSABitCount) == 1,
            EVP_PKEY_generate(context, &raw) == 1, let raw
        else { throw failure(.failed) }
        return EVPKey(owning: raw)
    }

    /// Reads PEM: PKCS #8 (or the older private forms) for a pair, SubjectPublicKeyInfo for a public key.
    ///
    /// - Throws: `.unreadable` if it is not such a text or asks for a passphrase; `.unsuitable` if the key inside is
    ///   of another type, curve or size than `algorithm` asks for.
    init(pem: String, isPrivate: Bool, for algorithm: SignatureAlgorithm) throws(KeyError) {
        precondition(algorithm.isAsymmetric)
        guard let raw = Self.read(Array(pem.utf8), isPrivate: isPrivate) else { throw Self.failure(.unreadable) }
        self.raw = raw
        guard isSuitable(for: algorithm) else { throw Self.failure(.unsuitable) }
    }

    /// PKCS #8 or SubjectPublicKeyInfo as PEM.
    func pem(isPrivate: Bool) throws(KeyError) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { throw Self.failure(.failed) }
        defer { BIO_free(bio) }
        let status =
            isPrivate
            ? PEM_write_bio_PKCS8PrivateKey(bio, raw, nil, nil, 0, nil, nil) : PEM_write_bio_PUBKEY(bio, raw)
        guard status == 1 else { throw Self.failure(.failed) }
        var text = [UInt8](repeating: 0, count: Self.pemByteCountMax)
        let count = BIO_read(bio, &text, Int32(text.count))
        guard count > 0, count < text.count else { throw Self.failure(.failed) }
        return String(decoding: text[..<Int(count)], as: UTF8.self)
    }

    /// A signature as OpenSSL writes it: DER for ECDSA.
    func sign(_ message: Span<UInt8>, digest: Digest) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Self.failure(.failed) }
        defer { EVP_MD_CTX_free(context) }
        var count = Int(EVP_PKEY_get_size(raw))
        var signature = [UInt8](repeating: 0, count: count)
        let status = message.withUnsafeBufferPointer { message in
            EVP_DigestSignInit(context, nil, digest.raw, nil, raw) == 1
                && EVP_DigestSign(context, &signature, &count, message.baseAddress, message.count) == 1
        }
        guard status else { throw Self.failure(.failed) }
        signature.removeLast(signature.count - count)
        return signature
    }

    /// Whether `signature`, as OpenSSL writes it, is this key's over `message`.
    func verifies(_ signature: Span<UInt8>, of message: Span<UInt8>, digest: Digest) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let isGood = signature.withUnsafeBufferPointer { signature in
            message.withUnsafeBufferPointer { message in
                EVP_DigestVerifyInit(context, nil, digest.raw, nil, raw) == 1
                    && EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
        if !isGood { ERR_clear_error() }
        return isGood
    }

    /// One public number of the key, big-endian, left-padded to `byteCount` where the curve fixes the length.
    func publicNumber(_ name: String, byteCount: Int? = nil) throws(KeyError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(raw, name, &number) == 1, let number else { throw Self.failure(.failed) }
        defer { BN_free(number) }
        let count = byteCount ?? Int(BN_num_bits(number) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        guard BN_bn2binpad(number, &bytes, Int32(count)) == count else { throw Self.failure(.failed) }
        return bytes
    }

    private static func read(_ pem: [UInt8], isPrivate: Bool) -> OpaquePointer? {
        guard pem.count <= pemByteCountMax else { return nil }
        return pem.withUnsafeBytes { pem in
            guard let bio = BIO_new_mem_buf(pem.baseAddress, Int32(pem.count)) else { return nil }
            defer { BIO_free(bio) }
            // Without a callback OpenSSL would ask the terminal for the passphrase of an encrypted key.
            return isPrivate
                ? PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
                : PEM_read_bio_PUBKEY(bio, nil, { _, _, _, _ in -1 }, nil)
        }
    }

    private static let curveName = "prime256v1"

    private func isSuitable(for algorithm: SignatureAlgorithm) -> Bool {
        guard algorithm == .es256 else {
            return EVP_PKEY_is_a(raw, "RSA") == 1
                && (Self.rsaBitCountMin...Self.rsaBitCountMax).contains(EVP_PKEY_get_bits(raw))
        }
        guard EVP_PKEY_is_a(raw, "EC") == 1 else { return false }
        var name = [UInt8](repeating: 0, count: 64)
        var count = 0
        let status = name.withUnsafeMutableBytes { buffer in
            EVP_PKEY_get_utf8_string_param(
                raw, OSSL_PKEY_PARAM_GROUP_NAME, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count,
                &count)
        }
        return status == 1 && name[..<count].elementsEqual(Self.curveName.utf8)
    }

    private static func failure(_ error: KeyError) -> KeyError {
        ERR_clear_error()
        return error
    }
}
