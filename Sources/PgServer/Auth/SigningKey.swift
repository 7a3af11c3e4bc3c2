/// A private key or secret that signs with one algorithm. Shared by all threads.
struct SigningKey: Sendable {
    /// The half that verifies. For HS256 it is the same secret.
    let verificationKey: VerificationKey
    private let material: VerificationKey.Material

    var id: String { verificationKey.id }
    var algorithm: SignatureAlgorithm { verificationKey.algorithm }

    /// Bytes of a generated HS256 secret.
    static let generatedSecretByteCount = 64

    /// Makes a new key.
    static func generate(_ algorithm: SignatureAlgorithm) throws(KeyError) -> SigningKey {
        let material: VerificationKey.Material =
            algorithm.isAsymmetric
            ? .pair(try EVPKey.generate(for: algorithm))
            : .secret(try HMACKey(secret: try SecureRandom.bytes(count: generatedSecretByteCount)))
        return try SigningKey(algorithm: algorithm, material: material, id: nil)
    }

    /// Reads a private key as `api.signing_keys()` holds it: PEM, or for HS256 the base64 secret.
    ///
    /// - Parameter id: The `kid`; nil names an asymmetric key by its thumbprint and a secret at random.
    init(algorithm: SignatureAlgorithm, text: String, id: String? = nil) throws(KeyError) {
        let material: VerificationKey.Material =
            algorithm.isAsymmetric
            ? .pair(try EVPKey(pem: text, isPrivate: true, for: algorithm))
            : .secret(try HMACKey(secret: try Base64Secret.decode(text)))
        try self.init(algorithm: algorithm, material: material, id: id)
    }

    private init(algorithm: SignatureAlgorithm, material: VerificationKey.Material, id: String?) throws(KeyError) {
        self.verificationKey = try VerificationKey(algorithm: algorithm, material: material, id: id)
        self.material = material
    }

    /// The key as ``init(algorithm:text:id:)`` reads it. A secret: for the database, never for a log.
    func exportText() throws(KeyError) -> String {
        switch material {
        case .pair(let key): return try key.pem(isPrivate: true)
        case .secret(let key):
            let secret = key.secret
            return String(decoding: Base64URL.encode(secret.span), as: UTF8.self)
        }
    }

    /// The signature of `message`, as JWS spells it.
    func sign(_ message: Span<UInt8>) throws(KeyError) -> [UInt8] {
        switch material {
        case .secret(let key): return try key.mac(of: message)
        case .pair(let key):
            let signature = try key.sign(message, digest: algorithm.digest)
            guard algorithm == .es256 else { return signature }
            guard let raw = ECDSASignature.raw(fromDER: signature.span) else { throw .failed }
            return raw
        }
    }
}
