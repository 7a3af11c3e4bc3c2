/// Checks compact JWS tokens against a key set (RFC 7515, RFC 7519, and the advice of RFC 8725).
///
/// The key decides the algorithm; the token may only agree with it. Nothing in the token's header is trusted: `jku`,
/// `jwk` and `x5u` are never followed, and the claims are not read before the signature holds.
struct TokenVerifier: Sendable {
    /// Longest accepted token, in bytes.
    static let tokenByteCountMax = 4096
    /// How far two machines' clocks may differ, in seconds.
    static let leewaySecondsDefault: Int64 = 30
    static let leewaySecondsMax: Int64 = 300

    let keys: KeySet
    private let issuer: String?
    private let requiresIssuer: Bool
    private let audience: String?
    private let leewaySeconds: Int64

    /// - Parameters:
    ///   - issuer: If given, the only accepted `iss`.
    ///   - requiresIssuer: Whether a token without `iss` is refused too, if an issuer is given.
    ///   - audience: If given, must be among `aud`.
    init(
        keys: KeySet, issuer: String? = nil, requiresIssuer: Bool = true, audience: String? = nil,
        leewaySeconds: Int64 = TokenVerifier.leewaySecondsDefault
    ) {
        precondition((0...Self.leewaySecondsMax).contains(leewaySeconds))
        self.keys = keys
        self.issuer = issuer
        self.requiresIssuer = requiresIssuer
        self.audience = audience
        self.leewaySeconds = leewaySeconds
    }

    /// The claims of `token`, or the reason why it is refused.
    ///
    /// - Parameter now: Unix seconds.
    func verify(_ token: Span<UInt8>, at now: Int64) throws(TokenError) -> Claims {
        guard token.count <= Self.tokenByteCountMax else { throw .tooLong }
        guard let headerEnd = Self.dot(in: token, from: 0), let claimsEnd = Self.dot(in: token, from: headerEnd + 1),
            Self.dot(in: token, from: claimsEnd + 1) == nil,
            let header = Base64URL.decode(token.extracting(0..<headerEnd)),
            let signature = Base64URL.decode(token.extracting((claimsEnd + 1)...)), !signature.isEmpty
        else { throw .malformed }

        let key = try key(for: ClaimsReader(header))
        guard key.verifies(signature.span, of: token.extracting(0..<claimsEnd)) else { throw .badSignature }

        guard let claims = Base64URL.decode(token.extracting((headerEnd + 1)..<claimsEnd)) else { throw .malformed }
        return try check(ClaimsReader(claims), at: now)
    }

    private func key(for header: ClaimsReader) throws(TokenError) -> VerificationKey {
        guard !header.contains("crit") else { throw .criticalHeader }
        guard let name = try header.headerText("alg"), let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw .unsupportedAlgorithm
        }
        if let type = try header.headerText("typ"), type.lowercased() != "jwt" { throw .unsupportedType }
        guard let id = try header.headerText("kid") else {
            guard let key = keys.onlyKey(for: algorithm) else { throw .unknownKey }
            return key
        }
        guard let key = keys.key(id: id) else { throw .unknownKey }
        guard key.algorithm == algorithm else { throw .unsupportedAlgorithm }
        return key
    }

    private func check(_ members: ClaimsReader, at now: Int64) throws(TokenError) -> Claims {
        guard let expiry = try members.seconds("exp") else { throw .invalidClaims }
        let refusedFrom = expiry + leewaySeconds
        guard now < refusedFrom else { throw .expired }
        if let notBefore = try members.seconds("nbf"), now + leewaySeconds < notBefore { throw .notYetValid }
        if let issuedAt = try members.seconds("iat"), now + leewaySeconds < issuedAt { throw .issuedInFuture }
        if let issuer {
            let named = try members.string("iss")
            guard named == issuer || (named == nil && !requiresIssuer) else { throw .wrongIssuer }
        }
        if let audience {
            guard try members.stringOrStrings("aud")?.contains(audience) == true else { throw .wrongAudience }
        }
        return Claims(members: members, refusedFrom: refusedFrom)
    }

    private static func dot(in token: Span<UInt8>, from start: Int) -> Int? {
        for index in start..<token.count where token[index] == UInt8(ascii: ".") { return index }
        return nil
    }
}

extension ClaimsReader {
    /// A header member, whose wrong type is a fault of form rather than of a claim.
    fileprivate func headerText(_ name: String) throws(TokenError) -> String? {
        do throws(TokenError) { return try string(name) } catch { throw .malformed }
    }
}
