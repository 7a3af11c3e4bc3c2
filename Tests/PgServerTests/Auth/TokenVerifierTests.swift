import Testing

@testable import PgServer

@Suite("A token verifier")
struct TokenVerifierTests {
    static let now: Int64 = 1_800_000_000
    static let key = Result { try SigningKey(algorithm: .es256, text: Vectors.es256Private, id: "e1") }

    static func verifier(
        issuer: String? = nil, requiresIssuer: Bool = true, audience: String? = nil, leeway: Int64 = 30
    ) throws -> TokenVerifier {
        TokenVerifier(
            keys: try KeySet(generation: 1, active: try key.get()), issuer: issuer, requiresIssuer: requiresIssuer,
            audience: audience, leewaySeconds: leeway)
    }

    static func token(_ claims: String) throws -> String { try TokenSigner(key: try key.get()).sign(claims) }

    /// A token with any header, signed by any key.
    static func token(header: String, claims: String = "{\"exp\":1900000000}", by key: SigningKey) throws -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        let bytes = Array(input.utf8)
        let signature = try key.sign(bytes.span)
        return input + "." + String(decoding: Base64URL.encode(signature.span), as: UTF8.self)
    }

    static let appendixA: [(SignatureAlgorithm, String, String)] = [
        (.hs256, Vectors.hs256Secret, Vectors.hs256Token), (.rs256, Vectors.rs256Public, Vectors.rs256Token),
        (.es256, Vectors.es256Public, Vectors.es256Token),
    ]

    @Test("accepts the tokens of RFC 7515 appendix A", arguments: appendixA)
    func vectors(_ algorithm: SignatureAlgorithm, _ key: String, _ token: String) throws {
        let keys = try KeySet(
            generation: 1, active: nil, retired: [try VerificationKey(algorithm: algorithm, text: key)])
        let claims = try TokenVerifier(keys: keys).verify(token, at: Vectors.expiry - 1)
        #expect(claims.members.json == Array(Vectors.claims.utf8))
        #expect(claims.refusedFrom == Vectors.expiry + 30)
        #expect(throws: TokenError.expired) { try TokenVerifier(keys: keys).verify(token, at: Vectors.expiry + 30) }
    }

    @Test("signs RFC 7515 A.1 and A.2 with the RFC's own bytes")
    func deterministic() throws {
        for (algorithm, key, token) in [
            (SignatureAlgorithm.hs256, Vectors.hs256Secret, Vectors.hs256Token),
            (.rs256, Vectors.rs256Private, Vectors.rs256Token),
        ] {
            let parts = token.split(separator: ".").map(String.init)
            let input = Array("\(parts[0]).\(parts[1])".utf8)
            let signature = try SigningKey(algorithm: algorithm, text: key).sign(input.span)
            #expect(String(decoding: Base64URL.encode(signature.span), as: UTF8.self) == parts[2])
        }
    }

    @Test("accepts what the signer makes", arguments: SignatureAlgorithm.allCases)
    func roundTrip(_ algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
        let claims = "{\"exp\":1800000001,\"plan\":\"Pro\"}"
        let token = try TokenSigner(key: key).sign(claims)
        let header = "{\"alg\":\"\(algorithm.rawValue)\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}"
        #expect(token.hasPrefix(Base64URL.encode(header) + "."))
        #expect(try verifier.verify(token, at: Self.now).members.json == Array(claims.utf8))
    }

    @Test("refuses a token changed at any byte", arguments: SignatureAlgorithm.allCases)
    func tampered(_ algorithm: SignatureAlgorithm) throws {
        let key =
            algorithm.isAsymmetric && algorithm != .es256
            ? try SigningKey(algorithm: algorithm, text: Vectors.rs256Private, id: "k")
            : try SigningKey.generate(algorithm)
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
        let token = Array(try TokenSigner(key: key).sign("{\"exp\":1900000000,\"a\":1}").utf8)
        for index in token.indices {
            for change in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: "."), 0, 0xFF, token[index] ^ 1]
            where change != token[index] {
                var other = token
                other[index] = change
                #expect(throws: TokenError.self, "byte \(index) to \(change)") {
                    try verifier.verify(other, at: Self.now)
                }
            }
        }
    }

    @Test("refuses a token cut at any byte, or with one byte more")
    func truncated() throws {
        let verifier = try Self.verifier()
        let token = Array(try Self.token("{\"exp\":1900000000}").utf8)
        for count in token.indices {
            let cut = Array(token[..<count])
            #expect(throws: TokenError.self, "cut after \(count)") { try verifier.verify(cut, at: Self.now) }
        }
        for byte in [UInt8(ascii: "A"), UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: " "), 0] {
            let longer = token + [byte]
            #expect(throws: TokenError.self) { try verifier.verify(longer, at: Self.now) }
        }
        #expect(throws: Never.self) { try verifier.verify(token, at: Self.now) }
    }

    static let headers: [(String, TokenError)] = [
        (#"{"alg":"none","kid":"e1"}"#, .unsupportedAlgorithm), (#"{"alg":"None","kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":"es256","kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":"ES384","kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":"HS256","kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":"RS256","kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":"","kid":"e1"}"#, .unsupportedAlgorithm), (#"{"kid":"e1"}"#, .unsupportedAlgorithm),
        (#"{"alg":null,"kid":"e1"}"#, .unsupportedAlgorithm), (#"{"alg":1,"kid":"e1"}"#, .malformed),
        (#"{"alg":"ES256","kid":"e2"}"#, .unknownKey), (#"{"alg":"ES256","kid":""}"#, .unknownKey),
        (#"{"alg":"ES256","kid":["e1"]}"#, .malformed), (#"{"alg":"HS256"}"#, .unknownKey),
        (#"{"alg":"ES256","kid":"e1","crit":["b64"],"b64":false}"#, .criticalHeader),
        (#"{"alg":"ES256","kid":"e1","crit":[]}"#, .criticalHeader),
        (#"{"alg":"ES256","kid":"e1","alg":"ES256"}"#, .malformed),
        (#"{"alg":"ES256","kid":"e1","typ":"at+jwt"}"#, .unsupportedType),
        (#"["ES256"]"#, .malformed), ("", .malformed),
    ]

    @Test("believes no header over its key, even under a good signature", arguments: headers)
    func header(_ header: String, _ expected: TokenError) throws {
        let token = try Self.token(header: header, by: try Self.key.get())
        #expect(throws: expected) { try Self.verifier().verify(token, at: Self.now) }
    }

    @Test("refuses an unsigned token")
    func unsigned() throws {
        let body = Base64URL.encode("{\"exp\":1900000000}")
        for token in [
            Base64URL.encode(#"{"alg":"none"}"#) + "." + body + ".", Base64URL.encode(#"{"alg":"none"}"#) + "." + body,
            Base64URL.encode(#"{"alg":"ES256","kid":"e1"}"#) + "." + body + ".",
        ] {
            #expect(throws: TokenError.malformed) { try Self.verifier().verify(token, at: Self.now) }
        }
    }

    @Test("does not take a public key for a secret (algorithm confusion)")
    func confusion() throws {
        let pem = Array(Vectors.rs256Public.utf8)
        let forger = try SigningKey(
            algorithm: .hs256, text: String(decoding: Base64URL.encode(pem.span), as: UTF8.self), id: "r1")
        let rsa = try VerificationKey(algorithm: .rs256, text: Vectors.rs256Public, id: "r1")
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: nil, retired: [rsa]))
        for (header, expected) in [
            (#"{"alg":"HS256","kid":"r1"}"#, TokenError.unsupportedAlgorithm), (#"{"alg":"HS256"}"#, .unknownKey),
            (#"{"alg":"RS256","kid":"r1"}"#, .badSignature),
        ] {
            let token = try Self.token(header: header, by: forger)
            #expect(throws: expected) { try verifier.verify(token, at: Self.now) }
        }
    }

    @Test("refuses another key's signature under a known kid")
    func otherKey() throws {
        let token = try Self.token(header: #"{"alg":"ES256","kid":"e1"}"#, by: try SigningKey.generate(.es256))
        #expect(throws: TokenError.badSignature) { try Self.verifier().verify(token, at: Self.now) }
    }

    @Test("refuses the DER form of a signature, and r or s of zero")
    func signatureForms() throws {
        let input = Base64URL.encode(#"{"alg":"ES256","kid":"e1"}"#) + "." + Base64URL.encode("{\"exp\":1900000000}")
        let bytes = Array(input.utf8)
        let raw = try Self.key.get().sign(bytes.span)
        let other = ECDSASignature.der(fromRaw: raw.span)
        let der = try #require(other)
        let noR = [UInt8](repeating: 0, count: 32) + raw[32...]
        for signature in [der, noR, [UInt8](repeating: 0, count: 64)] {
            let token = input + "." + String(decoding: Base64URL.encode(signature.span), as: UTF8.self)
            #expect(throws: TokenError.badSignature) { try Self.verifier().verify(token, at: Self.now) }
        }
    }

    @Test("checks a token without kid only if one key fits")
    func withoutKid() throws {
        let active = try Self.key.get()
        let token = try Self.token(header: #"{"alg":"ES256","typ":"jwt"}"#, by: active)
        #expect(throws: Never.self) { try Self.verifier().verify(token, at: Self.now) }
        let two = try KeySet(
            generation: 2, active: active,
            retired: [try VerificationKey(algorithm: .es256, text: Vectors.thumbprintEC, id: "e0")])
        #expect(throws: TokenError.unknownKey) { try TokenVerifier(keys: two).verify(token, at: Self.now) }
    }

    static let times: [(String, TokenError?)] = [
        // Leeway 30: exp is refused from exp + 30 on, nbf and iat until 30 before.
        (#"{"exp":1799999970}"#, .expired), (#"{"exp":1799999971}"#, nil), (#"{"exp":1799999970.5}"#, nil),
        (#"{"exp":1799999969.9}"#, .expired), (#"{"exp":0}"#, .expired), (#"{"exp":-1}"#, .expired),
        (#"{"exp":1900000000,"nbf":1800000030}"#, nil), (#"{"exp":1900000000,"nbf":1800000031}"#, .notYetValid),
        (#"{"exp":1900000000,"nbf":1800000030.5}"#, .notYetValid),
        (#"{"exp":1900000000,"iat":1800000030}"#, nil), (#"{"exp":1900000000,"iat":1800000031}"#, .issuedInFuture),
        (#"{}"#, .invalidClaims), (#"{"exp":null}"#, .invalidClaims), (#"{"exp":"1900000000"}"#, .invalidClaims),
        (#"{"exp":true}"#, .invalidClaims), (#"{"exp":1e10}"#, .invalidClaims),
        (#"{"exp":1900000000,"nbf":"x"}"#, .invalidClaims), (#"{"exp":1900000000,"exp":1900000000}"#, .malformed),
        (#"{"exp":1900000000,"\u0065xp":1900000000}"#, .malformed), ("[]", .malformed), ("", .malformed),
        (#"{"exp":1900000000} {}"#, .malformed),
    ]

    @Test("keeps to the edges of exp, nbf and iat", arguments: times)
    func time(_ claims: String, _ expected: TokenError?) throws {
        let verifier = try Self.verifier()
        let token = try Self.token(claims)
        if let expected {
            #expect(throws: expected) { try verifier.verify(token, at: Self.now) }
        } else {
            #expect(throws: Never.self) { try verifier.verify(token, at: Self.now) }
        }
    }

    @Test("has no leeway if it is told so")
    func noLeeway() throws {
        let verifier = try Self.verifier(leeway: 0)
        let token = try Self.token("{\"exp\":\(Self.now)}")
        #expect(throws: TokenError.expired) { try verifier.verify(token, at: Self.now) }
        #expect(try verifier.verify(token, at: Self.now - 1).refusedFrom == Self.now)
    }

    static let parties: [(String, TokenError?)] = [
        (#","iss":"us","aud":"api""#, nil), (#","iss":"us","aud":["x","api"]"#, nil),
        (#","iss":"them","aud":"api""#, .wrongIssuer), (#","aud":"api""#, .wrongIssuer),
        (#","iss":"us""#, .wrongAudience), (#","iss":"us","aud":"ap""#, .wrongAudience),
        (#","iss":"us","aud":[]"#, .wrongAudience), (#","iss":["us"],"aud":"api""#, .invalidClaims),
        (#","iss":"us","aud":[1]"#, .invalidClaims),
    ]

    @Test("lets a token without issuer pass if told so, never one of another issuer")
    func silentIssuer() throws {
        let verifier = try Self.verifier(issuer: "us", requiresIssuer: false)
        let silent = try Self.token(#"{"exp":1900000000}"#)
        let foreign = try Self.token(#"{"exp":1900000000,"iss":"them"}"#)
        #expect(throws: Never.self) { try verifier.verify(silent, at: Self.now) }
        #expect(throws: TokenError.wrongIssuer) { try verifier.verify(foreign, at: Self.now) }
    }

    @Test("insists on the issuer and audience it was given", arguments: parties)
    func party(_ claims: String, _ expected: TokenError?) throws {
        let verifier = try Self.verifier(issuer: "us", audience: "api")
        let token = try Self.token("{\"exp\":1900000000\(claims)}")
        if let expected {
            #expect(throws: expected) { try verifier.verify(token, at: Self.now) }
        } else {
            #expect(throws: Never.self) { try verifier.verify(token, at: Self.now) }
        }
    }

    @Test("takes a token of 4096 bytes and refuses one byte more, as the signer does")
    func length() throws {
        // Base64url has no text of 4 n + 1 letters; with this id the parts can add up to 4096.
        let key = try SigningKey(algorithm: .es256, text: Vectors.es256Private, id: "e-1")
        let signer = TokenSigner(key: key)
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
        let frame = "{\"exp\":1900000000,\"p\":\"\"}".utf8.count
        func claims(_ count: Int) -> String {
            "{\"exp\":1900000000,\"p\":\"" + String(repeating: "x", count: count - frame) + "\"}"
        }
        let overhead = try signer.sign(claims(300)).utf8.count - 400
        let fitting = (TokenVerifier.tokenByteCountMax - overhead) * 3 / 4
        let token = try signer.sign(claims(fitting))
        #expect(token.utf8.count == TokenVerifier.tokenByteCountMax)
        #expect(throws: Never.self) { try verifier.verify(token, at: Self.now) }
        #expect(throws: TokenError.tooLong) { try verifier.verify(token + "A", at: Self.now) }
        #expect(throws: KeyError.claimsTooLong) { try signer.sign(claims(fitting + 1)) }
        #expect(throws: KeyError.claimsTooLong) { try signer.sign(claims(TokenVerifier.tokenByteCountMax + 1)) }
    }

    @Test("is shared by threads")
    func threads() async throws {
        let verifier = try Self.verifier()
        let token = try Self.token("{\"exp\":1900000000}")
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).count { _ in (try? verifier.verify(token, at: Self.now)) != nil }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 400)
    }
}
