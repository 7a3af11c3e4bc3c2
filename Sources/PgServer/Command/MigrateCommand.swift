import Glibc

/// `pg-server migrate`.
struct MigrateCommand {
    let configuration: Configuration
    let options: CommandLineOptions

    func run() throws(CommandError) -> Int32 {
        let start = ContinuousClock.now
        let folder = try SQLFolder(reading: try sqlDirectory())
        let database = try Database(configuration)
        database.connection.noticeHandler = { severity, message in
            if severity == "WARNING" { print("warning   \(message)") }
        }
        let migration = Migration(connection: database.connection, say: { print($0) })

        if options.has("--check") {
            let differences = try migration.drift(from: folder)
            for difference in differences { print(difference) }
            print(
                differences.isEmpty
                    ? "The database is as the \(folder.files.count) files say."
                    : "The database and the files differ in \(differences.count) places.")
            return differences.isEmpty ? 0 : 1
        }

        let outcome = try migration.deploy(
            folder, password: configuration.loginPassword, passwordIsCurrent: serverCanLogIn())
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let applied = "\(outcome.appliedCount) of \(folder.files.count) files applied"
        let removed = outcome.removedCount == 0 ? "" : ", \(outcome.removedCount) removed"
        print("\(applied)\(removed) in \((seconds * 10).rounded() / 10) s.")
        for sentence in configuration.unknownVariables(besides: try settingVariables(database)) {
            print("warning   \(sentence)")
        }
        return 0
    }

    /// The variables that the catalog's settings name; none where there is no catalog.
    private func settingVariables(_ database: Database) throws(CommandError) -> [String] {
        let exists =
            try database.rows("SELECT to_regprocedure('api.catalog_settings()') IS NOT NULL").first?.first == "t"
        guard exists else { return [] }
        return try database.rows("SELECT setting.environment FROM api.catalog_settings() AS setting").compactMap {
            $0[0]
        }
    }

    /// Whether the server's password is already what the environment says. A login that asks for none proves nothing.
    private func serverCanLogIn() -> Bool {
        guard configuration.loginPassword != nil, let url = configuration.databaseURL else { return false }
        do throws(PostgresError) {
            return try BlockingConnection(keywords: configuration.loginKeywords(url)).usedPassword
        } catch {
            return false  // the role, its password or its right to connect is what this deployment brings
        }
    }

    private func sqlDirectory() throws(CommandError) -> String {
        if let directory = options.values["--sql"] ?? configuration.sqlDirectory {
            guard isDirectory(directory) else { throw .failed("\(directory): there is no such folder") }
            return directory
        }
        let candidates = [executableFolder().map { "\($0)/sql" }, "sql"].compactMap { $0 }
        guard let found = candidates.first(where: { isDirectory($0) }) else {
            throw .failed("there is no folder \(candidates.joined(separator: " or ")); name it with --sql DIR")
        }
        return found
    }

    private func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func executableFolder() -> String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        let text = String(cString: path)
        return text.lastIndex(of: "/").map { String(text[..<$0]) }
    }
}
