/// Makes compact JWS tokens (RFC 7515 §3.1) with one key.
struct TokenSigner: Sendable {
    private let key: SigningKey
    /// The encoded header and its dot: the same for every token of the key.
    private let prefix: [UInt8]

    init(key: SigningKey) {
        self.key = key
        let header = "{\"alg\":\"\(key.algorithm.rawValue)\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}"
        self.prefix = Base64URL.encode(Array(header.utf8).span) + [UInt8(ascii: ".")]
    }

    /// The token for `claims`, a JSON object that already bears `exp` and whatever else is wanted.
    ///
    /// - Throws: `.claimsTooLong` if our own verifier would refuse the token for its length; `.failed`.
    func sign(_ claims: Span<UInt8>) throws(KeyError) -> [UInt8] {
        guard claims.count <= TokenVerifier.tokenByteCountMax else { throw .claimsTooLong }
        var token = prefix
        token.reserveCapacity(TokenVerifier.tokenByteCountMax)
        Base64URL.append(claims, to: &token)
        let signature = try key.sign(token.span)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature.span, to: &token)
        guard token.count <= TokenVerifier.tokenByteCountMax else { throw .claimsTooLong }
        return token
    }
}
