import COpenSSL

/// A key that checks signatures of one algorithm. Shared by all threads.
struct VerificationKey: Sendable {
    enum Material: Sendable { case pair(EVPKey), secret(HMACKey) }

    let id: String
    let algorithm: SignatureAlgorithm
    private let material: Material

    /// Longest key id, in bytes.
    static let idByteCountMax = 128

    /// Reads a public key as `api.signing_keys()` holds it: PEM, or for HS256 the base64 secret.
    ///
    /// - Parameter id: The `kid`; nil names an asymmetric key by its thumbprint.
    init(algorithm: SignatureAlgorithm, text: String, id: String? = nil) throws(KeyError) {
        let material: Material =
            algorithm.isAsymmetric
            ? .pair(try EVPKey(pem: text, isPrivate: false, for: algorithm))
            : .secret(try HMACKey(secret: try Base64Secret.decode(text)))
        try self.init(algorithm: algorithm, material: material, id: id)
    }

    /// - Throws: `.invalidID` for an id that would need escaping in JSON, is empty or is too long.
    init(algorithm: SignatureAlgorithm, material: Material, id: String?) throws(KeyError) {
        self.algorithm = algorithm
        self.material = material
        if let id { self.id = id } else { self.id = try Self.defaultID(of: material, algorithm) }
        let isPlain = self.id.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain, !self.id.isEmpty, self.id.utf8.count <= Self.idByteCountMax else { throw .invalidID }
    }

    /// Whether `signature`, as JWS spells it, is this key's over `message`.
    func verifies(_ signature: Span<UInt8>, of message: Span<UInt8>) -> Bool {
        switch material {
        case .secret(let key):
            guard let mac = Self.mac(of: message, by: key) else { return false }
            return ConstantTime.areEqual(mac.span, signature)
        case .pair(let key) where algorithm == .es256:
            guard let der = ECDSASignature.der(fromRaw: signature) else { return false }
            return key.verifies(der.span, of: message, digest: algorithm.digest)
        case .pair(let key):
            return key.verifies(signature, of: message, digest: algorithm.digest)
        }
    }

    /// SubjectPublicKeyInfo as PEM; nil for a secret, which has no public half.
    func publicPEM() throws(KeyError) -> String? {
        guard case .pair(let key) = material else { return nil }
        return try key.pem(isPrivate: false)
    }

    /// The key as a JWK (RFC 7517), for publication; nil for a secret.
    func jwk() throws(KeyError) -> String? {
        guard case .pair(let key) = material else { return nil }
        let numbers = try Self.jwkMembers(of: key, algorithm)
        return "{\(numbers),\"use\":\"sig\",\"alg\":\"\(algorithm.rawValue)\",\"kid\":\"\(id)\"}"
    }

    /// The members that RFC 7638 §3.2 hashes, in its order.
    private static func jwkMembers(of key: EVPKey, _ algorithm: SignatureAlgorithm) throws(KeyError) -> String {
        func text(_ number: [UInt8]) -> String { String(decoding: Base64URL.encode(number.span), as: UTF8.self) }
        guard algorithm == .es256 else {
            let exponent = text(try key.publicNumber(OSSL_PKEY_PARAM_RSA_E))
            let modulus = text(try key.publicNumber(OSSL_PKEY_PARAM_RSA_N))
            return "\"e\":\"\(exponent)\",\"kty\":\"RSA\",\"n\":\"\(modulus)\""
        }
        let coordinateByteCount = 32
        let x = text(try key.publicNumber(OSSL_PKEY_PARAM_EC_PUB_X, byteCount: coordinateByteCount))
        let y = text(try key.publicNumber(OSSL_PKEY_PARAM_EC_PUB_Y, byteCount: coordinateByteCount))
        return "\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\(x)\",\"y\":\"\(y)\""
    }

    /// The RFC 7638 thumbprint. A secret's would help to guess it, so a secret is named at random.
    private static func defaultID(of material: Material, _ algorithm: SignatureAlgorithm) throws(KeyError) -> String {
        let randomByteCount = 16
        let name =
            switch material {
            case .secret: try SecureRandom.bytes(count: randomByteCount)
            case .pair(let key): Digest.sha256.hash(Array("{\(try jwkMembers(of: key, algorithm))}".utf8).span)
            }
        return String(decoding: Base64URL.encode(name.span), as: UTF8.self)
    }

    /// A mac that cannot be computed verifies nothing.
    private static func mac(of message: Span<UInt8>, by key: HMACKey) -> [UInt8]? {
        do throws(KeyError) { return try key.mac(of: message) } catch { return nil }
    }
}
