/// The verifier of tokens: no input passes by itself, and rightly signed ones, whatever their header and claims hold,
/// are read or refused.
///
/// An input is a token, or, if it begins with `{`, a header and claims with a line break between, which are signed.
enum TokenFuzz {
    static let now: Int64 = 1_700_000_000

    static let signingKey: SigningKey = {
        do {
            let secret = String(repeating: "c2VjcmV0", count: 8)
            return try SigningKey(algorithm: .hs256, text: secret, id: "k")
        } catch { fatalError("no key: \(error)") }
    }()
    static let verifier: TokenVerifier = {
        do {
            let other = try SigningKey.generate(.es256)
            let keys = try KeySet(generation: 1, active: signingKey, retired: [other.verificationKey])
            return TokenVerifier(keys: keys, issuer: "i", requiresIssuer: false, audience: nil)
        } catch { fatalError("no keys: \(error)") }
    }()

    static func run(_ input: [UInt8]) {
        tryAuthorization(input)
        guard input.first == UInt8(ascii: "{") else {
            do throws(TokenError) {
                _ = try verifier.verify(input.span, at: now)
            } catch {
                return
            }
            fatalError("a token that nobody signed was taken")
        }
        let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let header = Array(parts[0])
        let claims = parts.count > 1 ? Array(parts[1]) : []
        var token = Base64URL.encode(header.span) + [UInt8(ascii: ".")] + Base64URL.encode(claims.span)
        guard let signature = try? signingKey.sign(token.span) else { fatalError("not signed") }
        token += [UInt8(ascii: ".")] + Base64URL.encode(signature.span)
        let accepted: Claims
        do throws(TokenError) {
            accepted = try verifier.verify(token.span, at: now)
        } catch {
            return
        }
        check(accepted.refusedFrom > now, "an expired token was taken")
        check(JSONScanner.validValue(of: claims.span)?.kind == .object, "claims that are no JSON were taken")
        readAll(accepted.members)
        // One bit less of the signature and it is nobody's.
        token[token.count - 2] ^= 1
        guard (try? verifier.verify(token.span, at: now)) == nil else { fatalError("any signature will do") }
    }

    /// Whatever the claims hold, each way of reading them answers or refuses.
    static func readAll(_ members: ClaimsReader) {
        for name in ["exp", "nbf", "iat", "sub", "aud", "tenant_id", "a"] {
            _ = try? members.string(name)
            _ = try? members.bool(name)
            _ = try? members.seconds(name)
            _ = try? members.stringOrStrings(name)
        }
        for (name, value) in members.strings {
            check(!name.utf8.contains(0) && !value.utf8.contains(0), "text that PostgreSQL cannot store")
        }
    }

    static func tryAuthorization(_ input: [UInt8]) {
        guard case .bearer(let credential) = AuthorizationField(parsing: input.span) else { return }
        check(credential.upperBound <= input.count && !credential.isEmpty, "the credential is outside its field")
    }
}
