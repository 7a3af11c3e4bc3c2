import Testing

@testable import PgServer

@Suite("A key")
struct KeyTests {
    @Test("signs what its public half verifies, after both went through text", arguments: SignatureAlgorithm.allCases)
    func roundTrip(_ algorithm: SignatureAlgorithm) throws {
        let made = try SigningKey.generate(algorithm)
        let key = try SigningKey(algorithm: algorithm, text: try made.exportText(), id: made.id)
        let publicText = try key.verificationKey.publicPEM() ?? key.exportText()
        let verifier = try VerificationKey(algorithm: algorithm, text: publicText, id: key.id)
        let message = Array("a message".utf8)
        let other = Array("a massage".utf8)
        let signature = try key.sign(message.span)
        #expect(verifier.verifies(signature, of: message))
        #expect(!verifier.verifies(signature, of: other))
        #expect(try key.verificationKey.publicPEM()?.hasPrefix("-----BEGIN PUBLIC KEY-----\n") ?? true)
    }

    @Test("writes ECDSA as 64 bytes however many zeros r and s begin with")
    func rawLength() throws {
        let key = try SigningKey(algorithm: .es256, text: Vectors.es256Private)
        for number in 0..<600 {
            let message = Array("\(number)".utf8)
            let signature = try key.sign(message.span)
            #expect(signature.count == 64)
            #expect(key.verificationKey.verifies(signature, of: message))
        }
    }

    @Test("is named by its RFC 7638 thumbprint")
    func thumbprint() throws {
        #expect(
            try VerificationKey(algorithm: .rs256, text: Vectors.thumbprintRSA).id
                == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        #expect(
            try VerificationKey(algorithm: .es256, text: Vectors.thumbprintEC).id
                == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        #expect(
            try SigningKey(algorithm: .es256, text: Vectors.es256Private).id
                == VerificationKey(algorithm: .es256, text: Vectors.es256Public).id)
    }

    @Test("with a secret is named at random, and the name tells nothing of the secret")
    func secretName() throws {
        let first = try SigningKey(algorithm: .hs256, text: Vectors.hs256Secret)
        let second = try SigningKey(algorithm: .hs256, text: Vectors.hs256Secret)
        #expect(first.id != second.id)
    }

    @Test("is published as a JWK, but never a secret")
    func jwk() throws {
        #expect(
            try VerificationKey(algorithm: .es256, text: Vectors.es256Public, id: "e1").jwk()
                == #"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","use":"sig","alg":"ES256","kid":"e1"}"#)
        let rsa = try #require(try VerificationKey(algorithm: .rs512, text: Vectors.rs256Public, id: "r1").jwk())
        #expect(rsa.hasPrefix(#"{"e":"AQAB","kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk"#))
        #expect(rsa.hasSuffix(#"h4FRWyuXpoQ","use":"sig","alg":"RS512","kid":"r1"}"#))
        #expect(try VerificationKey(algorithm: .hs256, text: Vectors.hs256Secret).jwk() == nil)
    }

    static let unsuitable: [(SignatureAlgorithm, String, KeyError)] = [
        (.es256, Vectors.rs256Public, .unsuitable), (.rs256, Vectors.es256Public, .unsuitable),
        (.es256, Vectors.p384Public, .unsuitable), (.rs256, Vectors.rsa1024Public, .unsuitable),
        (.es256, Vectors.es256Private, .unreadable), (.es256, "", .unreadable), (.rs512, "no key", .unreadable),
        (.es256, Vectors.es256Public.replacing("\n", with: ""), .unreadable),
        (.hs256, Vectors.rs256Public, .unreadable),
        (.rs256, String(repeating: "x", count: EVPKey.pemByteCountMax + 1), .unreadable),
    ]

    @Test("of another kind than its algorithm is refused", arguments: unsuitable)
    func refused(_ algorithm: SignatureAlgorithm, _ text: String, _ expected: KeyError) {
        #expect(throws: expected) { try VerificationKey(algorithm: algorithm, text: text) }
    }

    @Test("that asks for a passphrase is refused, and nobody is asked")
    func encrypted() {
        #expect(throws: KeyError.unreadable) {
            try SigningKey(algorithm: .es256, text: Vectors.encryptedPrivate)
        }
    }

    @Test("that is public does not sign")
    func publicOnly() {
        #expect(throws: KeyError.unreadable) { try SigningKey(algorithm: .es256, text: Vectors.es256Public) }
    }

    @Test(
        "with a secret needs 32 bytes and takes 1024",
        arguments: [(31, false), (32, true), (1024, true), (1025, false)])
    func secretLength(_ count: Int, _ isGood: Bool) {
        let secret = [UInt8](repeating: 7, count: count)
        let text = String(decoding: Base64URL.encode(secret.span), as: UTF8.self)
        if isGood {
            #expect(throws: Never.self) { try SigningKey(algorithm: .hs256, text: text) }
        } else {
            #expect(throws: KeyError.badSecretLength) { try SigningKey(algorithm: .hs256, text: text) }
        }
    }

    @Test(
        "has an id that needs no escaping",
        arguments: ["", "a b", "a\"b", "a\\b", "é", "a\n", String(repeating: "k", count: 129)])
    func badID(_ id: String) {
        #expect(throws: KeyError.invalidID) {
            try VerificationKey(algorithm: .es256, text: Vectors.es256Public, id: id)
        }
    }

    @Test("is found in a key set by id, or alone by its algorithm")
    func keySet() throws {
        let active = try SigningKey(algorithm: .es256, text: Vectors.es256Private, id: "e1")
        let old = try VerificationKey(algorithm: .es256, text: Vectors.thumbprintEC, id: "e0")
        let rsa = try VerificationKey(algorithm: .rs256, text: Vectors.rs256Public, id: "r1")
        let secret = try VerificationKey(algorithm: .hs256, text: Vectors.hs256Secret, id: "h1")
        let keys = try KeySet(generation: 1, active: active, retired: [old, rsa, secret])
        #expect(keys.key(id: "e0")?.id == "e0")
        #expect(keys.key(id: "e1")?.id == "e1")
        #expect(keys.key(id: "e2") == nil)
        #expect(keys.onlyKey(for: .rs256)?.id == "r1")
        #expect(keys.onlyKey(for: .es256) == nil)
        #expect(keys.onlyKey(for: .rs512) == nil)
        let jwks = try keys.jwks()
        #expect(jwks.hasPrefix(#"{"keys":[{"crv":"#) && jwks.hasSuffix("}]}"))
        #expect(jwks.contains(#""kid":"e1""#) && jwks.contains(#""kid":"r1""#) && !jwks.contains("h1"))
        #expect(throws: KeyError.duplicateID) {
            try KeySet(generation: 2, active: active, retired: [active.verificationKey])
        }
    }

    @Test("is one of at most 32 in a set")
    func keySetLimit() throws {
        let keys = try (0...KeySet.keyCountMax).map {
            try VerificationKey(algorithm: .es256, text: Vectors.es256Public, id: "k\($0)")
        }
        #expect(throws: Never.self) { try KeySet(generation: 1, active: nil, retired: Array(keys.dropLast())) }
        #expect(throws: KeyError.tooManyKeys) { try KeySet(generation: 1, active: nil, retired: keys) }
    }
}
