import COpenSSL

/// A shared secret for HMAC-SHA-256.
final class HMACKey: @unchecked Sendable {
    // Safety: `template` is keyed once in `init` and then only read, by EVP_MAC_CTX_dup, whose source is const.
    private let template: OpaquePointer
    /// The secret itself, for exporting a new key.
    let secret: [UInt8]

    /// RFC 7518 §3.2 asks for at least as many bytes as the hash has.
    static let secretByteCountMin = 32
    static let secretByteCountMax = 1024
    static let macByteCount = 32

    init(secret: [UInt8]) throws(KeyError) {
        guard secret.count >= Self.secretByteCountMin, secret.count <= Self.secretByteCountMax else {
            throw .badSecretLength
        }
        guard let mac = EVP_MAC_fetch(nil, "HMAC", nil) else { throw Self.failure() }
        defer { EVP_MAC_free(mac) }
        guard let template = EVP_MAC_CTX_new(mac) else { throw Self.failure() }
        // A parameter keeps the pointers to its name and value, so both live until it has been read.
        var digestName = Array("SHA256".utf8CString)
        let status = OSSL_MAC_PARAM_DIGEST.withCString { key in
            digestName.withUnsafeMutableBufferPointer { name in
                var parameters = [
                    OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(template, secret, secret.count, &parameters)
            }
        }
        guard status == 1 else {
            EVP_MAC_CTX_free(template)
            throw Self.failure()
        }
        self.template = template
        self.secret = secret
    }

    deinit { EVP_MAC_CTX_free(template) }

    /// The 32 bytes that authenticate `message`.
    func mac(of message: Span<UInt8>) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MAC_CTX_dup(template) else { throw Self.failure() }
        defer { EVP_MAC_CTX_free(context) }
        var mac = [UInt8](repeating: 0, count: Self.macByteCount)
        var count = 0
        let status = message.withUnsafeBufferPointer { message in
            EVP_MAC_update(context, message.baseAddress, message.count) == 1
                && EVP_MAC_final(context, &mac, &count, Self.macByteCount) == 1
        }
        guard status, count == Self.macByteCount else { throw Self.failure() }
        return mac
    }

    private static func failure() -> KeyError {
        ERR_clear_error()
        return .failed
    }
}
