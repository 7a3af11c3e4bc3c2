/// A new signing key, as `api.add_signing_key` stores it.
package struct NewSigningKey: Sendable {
    package var keyID: String
    package var algorithm: String
    /// PEM, or the base64 of the secret for HS256.
    package var privateKey: String
    /// PEM; `nil` for HS256, whose key is never published.
    package var publicKey: String?
    /// The public half as a JSON Web Key, as JSON text; `nil` for HS256.
    package var publicJWK: String?

    package init(keyID: String, algorithm: String, privateKey: String, publicKey: String?, publicJWK: String?) {
        self.keyID = keyID
        self.algorithm = algorithm
        self.privateKey = privateKey
        self.publicKey = publicKey
        self.publicJWK = publicJWK
    }
}

/// Makes a key for the algorithm named, such as `ES256`; what it throws is a sentence for the administrator.
package typealias KeyMaker = (_ algorithm: String) throws(CommandError) -> NewSigningKey
