/// The keys in force: one that signs, and all whose tokens are still accepted. Replaced as a whole.
struct KeySet: Sendable {
    /// Most keys at once: the active one and those whose tokens have not all expired yet.
    static let keyCountMax = 32

    /// Tells this set from its predecessors. What was verified under another generation is verified again.
    let generation: UInt64
    /// Signs new tokens; nil in a server that only verifies.
    let active: SigningKey?
    private let keys: [VerificationKey]

    /// - Parameters:
    ///   - generation: A number no other key set of this process has.
    ///   - retired: Keys that sign no more but still verify.
    /// - Throws: `.duplicateID` if two keys share an id; `.tooManyKeys`.
    init(generation: UInt64, active: SigningKey?, retired: [VerificationKey] = []) throws(KeyError) {
        var keys = retired
        if let active { keys.append(active.verificationKey) }
        guard keys.count <= Self.keyCountMax else { throw .tooManyKeys }
        guard Set(keys.map(\.id)).count == keys.count else { throw .duplicateID }
        self.generation = generation
        self.active = active
        self.keys = keys
    }

    func key(id: String) -> VerificationKey? { keys.first { $0.id == id } }

    /// The key of that algorithm, if there is exactly one: what a token without `kid` is checked with.
    func onlyKey(for algorithm: SignatureAlgorithm) -> VerificationKey? {
        let candidates = keys.filter { $0.algorithm == algorithm }
        return candidates.count == 1 ? candidates.first : nil
    }

    /// The JWK Set document (RFC 7517 §5). Secrets are not in it.
    func jwks() throws(KeyError) -> String {
        var documents: [String] = []
        for key in keys {
            guard let jwk = try key.jwk() else { continue }
            documents.append(jwk)
        }
        return "{\"keys\":[\(documents.joined(separator: ","))]}"
    }
}
