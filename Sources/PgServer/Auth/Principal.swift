/// Who is calling: what a verified token or API key says, in the form that a request needs.
///
/// A class, so that handing one from the cache to a request costs one reference count.
final class Principal: Sendable {
    /// Lower-case UUIDs, as the settings `request.tenant_id`, `request.user_id` and `request.session_id` want them.
    /// A credential of a machine has no user, even if its `sub` names one of the machine's own kind, and one of an
    /// older issuer no session: they are then empty.
    let tenantID: String
    let userID: String
    let sessionID: String
    let permissions: Set<String>
    let roles: Set<String>
    let isSuperuser: Bool
    /// The first unix second at which the credential is refused; `Int64.max` if it says nothing of time.
    let expiresAt: Int64
    /// The claims as they were signed or stored, for the setting `request.claims`.
    let claimsJSON: [UInt8]
    private let texts: [String: String]

    /// The caller that a verified token names.
    ///
    /// - Throws: `.invalidClaims` if `tenant_id` is missing, or a claim we use is not of its type.
    convenience init(_ claims: Claims) throws(TokenError) {
        try self.init(claims.members, expiresAt: claims.refusedFrom)
    }

    /// The caller that an API key stands for, from the claims that SQL keeps beside it.
    ///
    /// - Throws: `.malformed` unless it is one JSON object; `.invalidClaims` as above.
    convenience init(claimsJSON: [UInt8]) throws(TokenError) {
        let members = try ClaimsReader(claimsJSON)
        try self.init(members, expiresAt: try members.seconds("exp") ?? Int64.max)
    }

    private init(_ members: ClaimsReader, expiresAt: Int64) throws(TokenError) {
        var texts = members.strings
        func identifier(_ name: String) throws(TokenError) -> String? {
            guard let text = try members.string(name) else { return nil }
            guard let identifier = Self.canonicalUUID(text) else { throw .invalidClaims }
            return identifier
        }
        guard let tenantID = try identifier("tenant_id") else { throw .invalidClaims }
        let subject = try members.string("sub").flatMap(Self.canonicalUUID)
        let userID = try identifier("user_id") ?? subject
        let sessionID = try identifier("sid")
        texts["tenant_id"] = tenantID
        texts["user_id"] = userID
        texts["sid"] = sessionID

        self.tenantID = tenantID
        self.userID = userID ?? ""
        self.sessionID = sessionID ?? ""
        self.permissions = Set(try members.strings("permissions") ?? [])
        self.roles = Set(try members.strings("roles") ?? [])
        self.isSuperuser = try members.bool("is_superuser") ?? false
        self.expiresAt = expiresAt
        self.claimsJSON = members.json
        self.texts = texts
    }

    /// A claim that is a string, such as `plan` or `tier`. `tenant_id`, `user_id` and `sid` come in lower case.
    subscript(claim name: String) -> String? { texts[name] }

    /// `text` in lower case if it is a UUID in its 36-character form.
    static func canonicalUUID(_ text: String) -> String? {
        let hyphens: Set = [8, 13, 18, 23]
        let byteCount = 36
        guard text.utf8.count == byteCount else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            let isHyphen = byte == UInt8(ascii: "-")
            guard hyphens.contains(index) ? isHyphen : byte.hexadecimalDigit != nil else { return nil }
        }
        return text.lowercased()
    }
}
