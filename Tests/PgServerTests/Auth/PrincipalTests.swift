import Testing

@testable import PgServer

@Suite("A principal")
struct PrincipalTests {
    static let tenant = "9497f49c-5e3b-496a-a10f-d7a5bbed1e21"

    static let samples = [
        ("1763513213", "iSIcXtdWk8UMjsicv3KcEqeLsWTw04ifYEnac0E0qQ4"),
        ("1763513214", "YiPlHp9RdsrvXHomG8qAu7RPg7oAKcnd_aPR0-qR5SI"),
    ]

    @Test("is what the sample tokens of AutonomOS say", arguments: samples)
    func sample(_ expiry: String, _ signature: String) throws {
        let claims = """
            {"user_id":"ddccc436-7bec-4cb3-b085-9c860b480d51","tenant_id":"\(Self.tenant)","exp":\(expiry)}
            """
        let part =
            "eyJ1c2VyX2lkIjoiZGRjY2M0MzYtN2JlYy00Y2IzLWIwODUtOWM4NjBiNDgwZDUxIiwidGVuYW50X2lkIjoiOTQ5N2Y0OWMtNWUzYi00"
            + "OTZhLWExMGYtZDdhNWJiZWQxZTIxIiwiZXhwIjoxNzYzNTEzMj" + (expiry.hasSuffix("3") ? "EzfQ" : "E0fQ")
        let letters = Array(part.utf8)
        let decoded = Base64URL.decode(letters.span)
        let json = try #require(decoded)
        #expect(String(decoding: json, as: UTF8.self) == claims)
        let header = Array("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9".utf8)
        #expect(Base64URL.decode(header.span) == Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

        let principal = try Principal(claimsJSON: json)
        #expect(principal.userID == "ddccc436-7bec-4cb3-b085-9c860b480d51")
        #expect(principal.tenantID == Self.tenant)
        #expect(principal.sessionID.isEmpty)
        #expect(principal.expiresAt == Int64(expiry))

        // The samples' secret is not published; the same header and claims under a key of ours are accepted.
        let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + part + "." + signature
        let key = try SigningKey(algorithm: .hs256, text: Vectors.hs256Secret)
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
        #expect(throws: TokenError.badSignature) { try verifier.verify(token, at: 1_763_484_413) }
        let ours = try TokenVerifierTests.token(header: #"{"alg":"HS256","typ":"JWT"}"#, claims: claims, by: key)
        #expect(try Principal(try verifier.verify(ours, at: 1_763_484_413)).tenantID == Self.tenant)
    }

    @Test("holds every claim in the form a request needs")
    func full() throws {
        let json = Array(
            (#"{"tenant_id":"9497F49C-5E3B-496A-A10F-D7A5BBED1E21","sub":"11111111-2222-3333-4444-555555555555","#
                + #""sid":"AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee","roles":["admin"],"permissions":["a:read","a:write"],"#
                + #""is_superuser":true,"plan":"Pro","tier":"Premium","n":1}"#).utf8)
        let principal = try Principal(claimsJSON: json)
        #expect(principal.tenantID == Self.tenant)
        #expect(principal.userID == "11111111-2222-3333-4444-555555555555")
        #expect(principal.sessionID == "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")
        #expect(principal.permissions == ["a:read", "a:write"])
        #expect(principal.roles == ["admin"])
        #expect(principal.isSuperuser)
        #expect(principal.expiresAt == Int64.max)
        #expect(principal.claimsJSON == json)
        #expect(principal[claim: "plan"] == "Pro")
        #expect(principal[claim: "tenant_id"] == Self.tenant)
        #expect(principal[claim: "user_id"] == principal.userID)
        #expect(principal[claim: "n"] == nil)
    }

    @Test("is no user if the subject is none of ours")
    func machine() throws {
        let json = Array(#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e21","sub":"nightly-export"}"#.utf8)
        let principal = try Principal(claimsJSON: json)
        #expect(principal.userID.isEmpty)
        #expect(principal.tenantID == Self.tenant)
        #expect(principal[claim: "sub"] == "nightly-export")
    }

    static let refused: [(String, TokenError)] = [
        ("{}", .invalidClaims), (#"{"tenant_id":null}"#, .invalidClaims), (#"{"tenant_id":"7"}"#, .invalidClaims),
        (#"{"tenant_id":7}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c5e3b-496a-a10f-d7a5bbed1e21-"}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e2g"}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e21","user_id":"bob"}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e21","is_superuser":"true"}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e21","permissions":"all"}"#, .invalidClaims),
        (#"{"tenant_id":"9497f49c-5e3b-496a-a10f-d7a5bbed1e21","roles":[1]}"#, .invalidClaims),
        ("", .malformed), ("null", .malformed),
    ]

    @Test("is not made of claims that are not of their type", arguments: refused)
    func refusal(_ json: String, _ expected: TokenError) {
        #expect(throws: expected) { try Principal(claimsJSON: Array(json.utf8)) }
    }

    @Test("of a token ends when the token is refused, leeway included")
    func expiry() throws {
        let key = try SigningKey(algorithm: .hs256, text: Vectors.hs256Secret)
        let verifier = TokenVerifier(keys: try KeySet(generation: 1, active: key))
        let token = try TokenSigner(key: key).sign("{\"tenant_id\":\"\(Self.tenant)\",\"exp\":1000}")
        let principal = try Principal(try verifier.verify(token, at: 1000))
        #expect(principal.expiresAt == 1030)
        #expect(throws: Never.self) { try verifier.verify(token, at: principal.expiresAt - 1) }
        #expect(throws: TokenError.expired) { try verifier.verify(token, at: principal.expiresAt) }
    }
}
