/// `pg-server rotate-keys`: a new signing key becomes the active one.
struct RotateKeysCommand {
    let database: Database
    let algorithm: Configuration.SignatureAlgorithm
    let makeKey: KeyMaker
    let onlyIfMissing: Bool

    func run() throws(CommandError) -> Int32 {
        if onlyIfMissing {
            let active = try database.rows("SELECT key.kid FROM api.signing_keys() AS key WHERE key.is_active")
            if let keyID = active.first?.first.flatMap({ $0 }) {
                print("The active key is \(keyID).")
                return 0
            }
        }
        let key = try makeKey(algorithm.rawValue)
        _ = try database.rows(
            "SELECT api.add_signing_key($1, $2, $3, $4, $5::jsonb)",
            [key.keyID, key.algorithm, key.privateKey, key.publicKey, key.publicJWK])
        print("The active key is now \(key.keyID) (\(key.algorithm)).")
        return 0
    }
}
