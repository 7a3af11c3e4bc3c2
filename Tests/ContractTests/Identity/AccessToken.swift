import Foundation

@testable import PgServer

/// A token taken apart, and tokens put together by hand.
struct AccessToken {
    let header: [String: Any]
    let claims: [String: Any]
    let claimsText: String
    private let parts: [Substring]

    init(_ text: String) throws {
        parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(Array(parts[0].utf8).span),
            let claims = Base64URL.decode(Array(parts[1].utf8).span)
        else { throw TestFailure("this is no token: \(text)") }
        self.header = try JSONSerialization.jsonObject(with: Data(header)) as? [String: Any] ?? [:]
        self.claims = try JSONSerialization.jsonObject(with: Data(claims)) as? [String: Any] ?? [:]
        claimsText = String(decoding: claims, as: UTF8.self)
    }

    func string(_ claim: String) throws -> String {
        guard let value = claims[claim] as? String else { throw TestFailure("no claim \(claim)") }
        return value
    }

    func integer(_ claim: String) throws -> Int {
        guard let value = claims[claim] as? Int else { throw TestFailure("no claim \(claim)") }
        return value
    }

    /// Whether the signature is that of the key whose public half is published.
    func isSigned(by key: VerificationKey) -> Bool {
        guard let signature = Base64URL.decode(Array(parts[2].utf8).span) else { return false }
        return key.verifies(signature.span, of: Array("\(parts[0]).\(parts[1])".utf8).span)
    }

    /// The same claims but for some, signed by the server's own key: what only the server could have made.
    func resigned(on server: RunningServer, changing changes: [String: Any?]) throws -> String {
        let rows = try server.sql("SELECT algorithm, private_key, kid FROM auth.signing_keys WHERE is_active")
        guard let algorithm = rows.first?[0].flatMap(SignatureAlgorithm.init(rawValue:)), let text = rows.first?[1],
            let kid = rows.first?[2]
        else { throw TestFailure("there is no active key") }
        return try signed(by: SigningKey(algorithm: algorithm, text: text, id: kid), changing: changes)
    }

    func signed(by key: SigningKey, changing changes: [String: Any?] = [:]) throws -> String {
        var claims = claims
        for (name, value) in changes { claims[name] = value }
        let bytes = [UInt8](try JSONSerialization.data(withJSONObject: claims))
        return String(decoding: try TokenSigner(key: key).sign(bytes.span), as: UTF8.self)
    }

    /// The same claims under another header and signature.
    func forged(header: [String: Any], signature: (String) throws -> String) throws -> String {
        let bytes = [UInt8](try JSONSerialization.data(withJSONObject: header))
        let head = String(decoding: Base64URL.encode(bytes.span), as: UTF8.self) + "." + parts[1]
        return head + "." + (try signature(head))
    }

    var text: String { parts.joined(separator: ".") }
}

/// A JSON object as text.
func json(_ members: [String: Any]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: members)
    return String(decoding: data ?? Data(), as: UTF8.self)
}

extension HTTPResponse {
    func string(_ path: String) throws -> String {
        guard let value = try member(path) as? String else { throw TestFailure("no text \(path) in \(text)") }
        return value
    }

    func integer(_ path: String) throws -> Int {
        guard let value = try member(path) as? Int else { throw TestFailure("no number \(path) in \(text)") }
        return value
    }

    /// The names of the members of an object in the body.
    func names(_ path: String = "") throws -> Set<String> {
        let value: Any? = path.isEmpty ? try json() : try member(path)
        guard let object = value as? [String: Any] else { throw TestFailure("no object \(path) in \(text)") }
        return Set(object.keys)
    }
}
