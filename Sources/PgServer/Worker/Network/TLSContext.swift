import COpenSSL

/// What all TLS connections of a kind share: the authorities that are trusted, and the least that is accepted.
final class TLSContext: @unchecked Sendable {
    // Safety: nothing changes the context after `init`; OpenSSL lets threads share an SSL_CTX that is not changed.
    let raw: OpaquePointer

    /// - Parameter authoritiesFile: PEM certificates that are trusted besides the system's.
    /// - Throws: a sentence if the file cannot be read as such.
    init(authoritiesFile: String? = nil) throws(ConfigurationError) {
        guard let raw = SSL_CTX_new(TLS_client_method()) else {
            ERR_clear_error()
            throw ConfigurationError(sentences: ["OpenSSL offers no TLS."])
        }
        self.raw = raw
        defer { ERR_clear_error() }
        SSL_CTX_ctrl(raw, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nil)
        // The system's authorities may be absent; then no public certificate is accepted, and each failure says so.
        SSL_CTX_set_default_verify_paths(raw)
        if let authoritiesFile, SSL_CTX_load_verify_locations(raw, authoritiesFile, nil) != 1 {
            throw ConfigurationError(sentences: [
                "PGSERVER_EGRESS_CA_FILE: '\(authoritiesFile)' cannot be read; expected a file of PEM certificates."
            ])
        }
    }

    deinit { SSL_CTX_free(raw) }
}
