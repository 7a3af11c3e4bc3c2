/// The signing keys in the database: read as a set, and made where one is missing.
struct KeyStore {
    let connection: BlockingConnection

    /// Makes the first key, and one of another algorithm if the configuration now names another.
    ///
    /// For the start alone: two servers that are configured differently would outdo each other for ever if each did
    /// this whenever the keys have changed.
    func prepare(algorithm: SignatureAlgorithm) throws(KeyStoreError) {
        if try !readRows().contains(where: { $0.isActive && $0.algorithm == algorithm }) { try add(algorithm) }
    }

    /// The keys in force.
    ///
    /// - Parameter generation: tells this set from all others of the process.
    func load(generation: UInt64) throws(KeyStoreError) -> KeySet {
        let rows = try readRows()
        do throws(KeyError) {
            var active: SigningKey?
            var retired: [VerificationKey] = []
            for row in rows {
                if row.isActive {
                    active = try SigningKey(algorithm: row.algorithm, text: row.privateText, id: row.id)
                } else {
                    // For a secret, which has no public half, both columns mean the same bytes.
                    retired.append(
                        try VerificationKey(
                            algorithm: row.algorithm, text: row.publicText ?? row.privateText, id: row.id))
                }
            }
            return try KeySet(generation: generation, active: active, retired: retired)
        } catch { throw KeyStoreError("A signing key cannot be read: \(error).") }
    }

    /// Makes a key and lets it sign from now on. The one before still verifies until its tokens have expired.
    ///
    /// - Returns: the new key's id.
    @discardableResult
    func add(_ algorithm: SignatureAlgorithm) throws(KeyStoreError) -> String {
        let key: SigningKey
        let parameters: [String?]
        do throws(KeyError) {
            key = try SigningKey.generate(algorithm)
            parameters = [
                key.id, algorithm.rawValue, try key.exportText(), try key.verificationKey.publicPEM(),
                try key.verificationKey.jwk(),
            ]
        } catch { throw KeyStoreError("A signing key cannot be made: \(error).") }
        _ = try rows("SELECT api.add_signing_key($1, $2, $3, $4, $5::jsonb)", parameters)
        return key.id
    }

    /// The id of the key that signs now.
    func activeID() throws(KeyStoreError) -> String? { try readRows().first(where: \.isActive)?.id }

    private struct Row {
        var id: String
        var algorithm: SignatureAlgorithm
        var privateText: String
        var publicText: String?
        var isActive: Bool
    }

    private func readRows() throws(KeyStoreError) -> [Row] {
        var keys: [Row] = []
        for row in try rows("SELECT kid, algorithm, private_key, public_key, is_active FROM api.signing_keys()", []) {
            guard let id = row[0], let algorithm = row[1].flatMap(SignatureAlgorithm.init(rawValue:)),
                let privateText = row[2]
            else { throw KeyStoreError("A row of api.signing_keys() cannot be read.") }
            keys.append(
                Row(id: id, algorithm: algorithm, privateText: privateText, publicText: row[3], isActive: row[4] == "t")
            )
        }
        return keys
    }

    private func rows(_ sql: String, _ parameters: [String?]) throws(KeyStoreError) -> [[String?]] {
        do throws(PostgresError) { return try connection.rows(sql, parameters) } catch {
            // Never the parameters: one of them is a private key.
            throw KeyStoreError("Signing keys: \(error.failure.message)")
        }
    }
}

/// Why there is no key set. The sentence holds no key.
struct KeyStoreError: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}
