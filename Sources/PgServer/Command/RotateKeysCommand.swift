/// `pg-server rotate-keys`: a new signing key becomes the active one.
struct RotateKeysCommand {
    let database: Database
    let algorithm: SignatureAlgorithm
    let onlyIfMissing: Bool

    func run() throws(CommandError) -> Int32 {
        let store = KeyStore(connection: database.connection)
        do throws(KeyStoreError) {
            if onlyIfMissing, let keyID = try store.activeID() {
                print("The active key is \(keyID).")
            } else {
                print("The active key is now \(try store.add(algorithm)) (\(algorithm.rawValue)).")
            }
            return 0
        } catch { throw CommandError(message: "rotate-keys: \(error.sentence)", exitStatus: 1) }
    }
}
