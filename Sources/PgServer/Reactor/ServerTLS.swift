internal import COpenSSL

/// What all TLS connections of clients share: certificate, key, and the least that is accepted.
///
/// Certificates that are renewed are a new value; connections that began with the old one keep it.
final class ServerTLS: @unchecked Sendable {
    // Safety: nothing changes the context after `init`; OpenSSL lets threads share an SSL_CTX that is not changed.
    let raw: OpaquePointer
    /// When the certificate ends, unix seconds.
    let expiresAt: Int64

    /// Reads and checks the files.
    ///
    /// - Parameters:
    ///   - certificateFile: PEM, the server's certificate first and then those that lead to its authority.
    ///   - keyFile: PEM, without a passphrase.
    init(certificateFile: String, keyFile: String) throws(TLSError) {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let raw = SSL_CTX_new(TLS_server_method()) else { throw .unavailable }
        do throws(TLSError) {
            try Self.restrict(raw)
            // Nobody is there to type a passphrase: without this OpenSSL would ask the terminal for one.
            SSL_CTX_set_default_passwd_cb(raw) { _, _, _, _ in 0 }
            guard SSL_CTX_use_certificate_chain_file(raw, certificateFile) == 1 else {
                throw .certificate(certificateFile, Self.reason())
            }
            guard SSL_CTX_use_PrivateKey_file(raw, keyFile, SSL_FILETYPE_PEM) == 1 else {
                throw Self.isMismatch() ? .mismatch(keyFile) : .key(keyFile, Self.reason())
            }
            guard SSL_CTX_check_private_key(raw) == 1 else { throw .mismatch(keyFile) }
        } catch {
            SSL_CTX_free(raw)
            throw error
        }
        self.raw = raw
        expiresAt = Self.expiry(of: raw)
    }

    deinit { SSL_CTX_free(raw) }

    /// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption alone (RFC 9325); HTTP/1.1 alone.
    private static func restrict(_ raw: OpaquePointer) throws(TLSError) {
        SSL_CTX_set_options(raw, openssl_server_options)
        SSL_CTX_ctrl(raw, SSL_CTRL_MODE, openssl_server_modes, nil)
        SSL_CTX_set_security_level(raw, 2)
        // Sessions are resumed by tickets, which need no memory here and no lock between threads.
        SSL_CTX_ctrl(raw, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        var groups = Array(Self.groups.utf8CString)
        guard SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1,
            SSL_CTX_set_cipher_list(raw, ciphers) == 1, SSL_CTX_set_ciphersuites(raw, suites) == 1,
            SSL_CTX_ctrl(raw, SSL_CTRL_SET_GROUPS_LIST, 0, &groups) == 1
        else { throw .unavailable }
        SSL_CTX_set_alpn_select_cb(raw, selectProtocol, nil)
    }

    /// Of TLS 1.2.
    private static let ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
    /// Of TLS 1.3.
    private static let suites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    private static let groups = "X25519:P-256:P-384"

    /// ALPN (RFC 7301): who names protocols has to name HTTP/1.1. Who names none gets it.
    private static let selectProtocol: SSL_CTX_alpn_select_cb_func = {
        _, selected, selectedLength, offered, length, _ in
        guard let selected, let selectedLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var offset = 0
        while offset < Int(length) {
            let count = Int(offered[offset])
            guard offset + 1 + count <= Int(length) else { break }
            let name = UnsafeBufferPointer(start: offered + offset + 1, count: count)
            if name.elementsEqual("http/1.1".utf8) {
                selected.pointee = offered + offset + 1  // lives as long as OpenSSL needs it
                selectedLength.pointee = UInt8(count)
                return SSL_TLSEXT_ERR_OK
            }
            offset += 1 + count
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    private static func expiry(of raw: OpaquePointer) -> Int64 {
        var time = tm()
        guard let certificate = SSL_CTX_get0_certificate(raw), let end = X509_get0_notAfter(certificate),
            ASN1_TIME_to_tm(end, &time) == 1
        else { return 0 }
        return Int64(timegm(&time))
    }

    /// Whether the key is readable and belongs to another certificate.
    private static func isMismatch() -> Bool {
        let error = ERR_peek_last_error()
        return Int32(error >> 23 & 0xFF) == ERR_LIB_X509
    }

    /// OpenSSL's words for what came last.
    private static func reason() -> String {
        guard let text = ERR_reason_error_string(ERR_peek_last_error()) else { return "it cannot be read" }
        return String(cString: text)
    }
}

/// Why there is no TLS.
enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    case unavailable
    case certificate(String, String)
    case key(String, String)
    case mismatch(String)

    /// A sentence that names the variable.
    var description: String {
        switch self {
        case .unavailable: "OpenSSL offers no TLS as this server needs it."
        case .certificate(let file, let reason):
            "PGSERVER_TLS_CERTIFICATE_FILE: '\(file)' is no chain of PEM certificates that can be used (\(reason))."
        case .key(let file, let reason):
            "PGSERVER_TLS_KEY_FILE: '\(file)' is no private key in PEM without a passphrase (\(reason))."
        case .mismatch(let file):
            "PGSERVER_TLS_KEY_FILE: '\(file)' is not the key of the certificate."
        }
    }
}
