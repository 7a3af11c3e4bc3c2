/// The keys that tokens are made and checked with, as one value that is replaced as a whole.
struct Credentials: Sendable {
    let verifier: TokenVerifier
    let signer: TokenSigner?

    init(keys: KeySet, issuer: String?, requiresIssuer: Bool, audience: String?) {
        verifier = TokenVerifier(keys: keys, issuer: issuer, requiresIssuer: requiresIssuer, audience: audience)
        signer = keys.active.map { TokenSigner(key: $0) }
    }

    var generation: UInt64 { verifier.keys.generation }
}
