/// Brings a database to the state that a folder of SQL files describes, in one transaction.
///
/// Two deployments at once wait for each other under an advisory lock; a failure leaves everything as it was.
struct Migration {
    struct Outcome: Equatable {
        var appliedCount = 0
        var removedCount = 0
    }

    let connection: BlockingConnection
    let say: (String) -> Void

    /// The advisory lock of deployments: an arbitrary constant, the bytes of `pgserver`.
    private static let lockKey = "8099003714021418354"
    /// How long a deployment waits for another one.
    private static let deploymentLockTimeout = "5min"
    /// How long one statement waits for a lock that live traffic holds. Meanwhile it holds up everybody behind it.
    private static let statementLockTimeout = "10s"

    /// Applies what is new or changed.
    ///
    /// - Parameter password: For the server's login role; its verifier is stored, and the clear text is sent nowhere.
    /// - Parameter passwordIsCurrent: Whether the server can already log in with it.
    func deploy(_ folder: SQLFolder, password: String?, passwordIsCurrent: Bool) throws(CommandError) -> Outcome {
        try perform("BEGIN")
        try perform("SET LOCAL lock_timeout = '\(Self.deploymentLockTimeout)'")
        try perform("SELECT pg_advisory_xact_lock(\(Self.lockKey))")
        try perform("SET LOCAL lock_timeout = '\(Self.statementLockTimeout)'")
        try createLedger()

        let plan = try plan(folder)
        guard plan.faults.isEmpty else { throw .failed(plan.faults.joined(separator: "\n")) }

        let clock = ContinuousClock()
        for path in plan.removed { try remove(path) }
        for step in plan.steps {
            let duration = try measured(clock) { () throws(CommandError) in try apply(step) }
            say("\(step.reason == .new ? "applied  " : "reapplied") \(step.file.path) (\(milliseconds(duration)) ms)")
        }
        if let password, !passwordIsCurrent { try setPassword(password) }
        if !plan.isEmpty, try exists(function: "api.publish()") {
            // The published description of the API says which server it came with.
            try perform("SET LOCAL api.server_version = '\(version)'")
            let duration = try measured(clock) { () throws(CommandError) in try perform("SELECT api.publish()") }
            say("published the catalog (\(milliseconds(duration)) ms)")
        }
        try perform("COMMIT")
        return Outcome(appliedCount: plan.steps.count, removedCount: plan.removed.count)
    }

    /// How the database differs from the folder, a sentence for each difference. Changes nothing.
    func drift(from folder: SQLFolder) throws(CommandError) -> [String] {
        try perform("BEGIN READ ONLY")
        let plan = try plan(folder)
        try perform("ROLLBACK")
        let steps = plan.steps.map { step in
            step.reason == .new
                ? "\(step.file.path): is not applied" : "\(step.file.path): was changed since it was applied"
        }
        let removed = plan.removed.filter { !$0.hasPrefix("schema/") }.map { "\($0): is applied, but the file is gone" }
        return steps + plan.faults + removed
    }

    private func plan(_ folder: SQLFolder) throws(CommandError) -> MigrationPlan {
        var ledger: [String: String] = [:]
        if try exists(table: "deployment.files") {
            for row in try query("SELECT path, checksum FROM deployment.files") {
                if let path = row[0], let checksum = row[1] { ledger[path] = checksum }
            }
        }
        let texts = "{" + folder.files.map { arrayElement($0.text) }.joined(separator: ",") + "}"
        let checksums = try query(
            """
            SELECT encode(sha256(convert_to(file.content, 'UTF8')), 'hex')
            FROM unnest($1::text[]) WITH ORDINALITY AS file (content, position) ORDER BY file.position
            """, [texts])
        let files = zip(folder.files, checksums).map { (file: $0, checksum: $1.first.flatMap { $0 } ?? "") }
        return MigrationPlan(files: files, ledger: ledger)
    }

    private func createLedger() throws(CommandError) {
        guard try !exists(table: "deployment.files") else { return }
        try perform(
            """
            CREATE SCHEMA IF NOT EXISTS deployment;
            COMMENT ON SCHEMA deployment IS 'What pg-server migrate has applied to this database.';
            CREATE TABLE deployment.files (
                path       text        NOT NULL,
                checksum   text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now(),
                applied_by name        NOT NULL DEFAULT session_user,
                version    text        NOT NULL,

                CONSTRAINT files_pkey PRIMARY KEY (path)
            );
            COMMENT ON TABLE deployment.files IS 'One row for each file of the sql folder, as it was last applied.';
            COMMENT ON COLUMN deployment.files.path       IS 'The file, relative to the sql folder.';
            COMMENT ON COLUMN deployment.files.checksum   IS 'SHA-256 of its text.';
            COMMENT ON COLUMN deployment.files.applied_at IS 'Start of the transaction that applied it.';
            COMMENT ON COLUMN deployment.files.applied_by IS 'The login that applied it.';
            COMMENT ON COLUMN deployment.files.version    IS 'The version of pg-server that applied it.';
            """)
    }

    private func apply(_ step: MigrationPlan.Step) throws(CommandError) {
        let file = step.file
        if let statement = SQLScript(file.text).transactionControl {
            throw .failed(
                "\(file.path):\(statement.line): \(statement.keyword.uppercased()) has no place here; "
                    + "the whole deployment is one transaction")
        }
        _ = try query("SELECT set_config('api.declaring_file', $1, true)", [file.path])
        do throws(PostgresError) {
            if case .role(let role) = file.runner {
                try connection.run("SET LOCAL ROLE \(connection.quoted(identifier: role))")
            }
            try connection.run(file.text)
        } catch {
            throw .failed(
                "\(file.path):\(SQLScript.line(of: error, in: file.text)): \(CommandError.describe(error))\n"
                    + "Nothing was changed: a deployment is one transaction.")
        }
        try perform("RESET ROLE")
        if step.reason == .changed { try forget(file.path, exceptWhatIsDeclaredNow: true) }
        _ = try query(
            """
            INSERT INTO deployment.files (path, checksum, version) VALUES ($1, $2, $3)
            ON CONFLICT (path) DO UPDATE SET
                checksum = excluded.checksum, version = excluded.version, applied_at = now(), applied_by = session_user
            """, [file.path, step.checksum, version])
    }

    private func remove(_ path: String) throws(CommandError) {
        try forget(path, exceptWhatIsDeclaredNow: false)
        _ = try query("DELETE FROM deployment.files WHERE path = $1", [path])
        say("removed   \(path): its routes are gone; drop what else it defined in a new schema file")
    }

    /// Removes from the catalog what a file declared in earlier deployments, so that a renamed route leaves no trace.
    private func forget(_ path: String, exceptWhatIsDeclaredNow: Bool) throws(CommandError) {
        guard try exists(function: "core.forget_file(text, xid8)") else { return }
        let current = exceptWhatIsDeclaredNow ? "pg_current_xact_id()" : "NULL"
        try perform("SET LOCAL ROLE \(SQLFile.ownerRole)")
        _ = try query("SELECT core.forget_file($1, \(current))", [path])
        try perform("RESET ROLE")
    }

    private func setPassword(_ password: String) throws(CommandError) {
        do throws(PostgresError) {
            let role = Configuration.serverRole
            let verifier = try connection.scramVerifier(password: password, role: role)
            let name = try connection.quoted(identifier: role)
            try connection.run("ALTER ROLE \(name) PASSWORD \(connection.quoted(literal: verifier))")
        } catch {
            throw .failed(
                "the password of role \(Configuration.serverRole) could not be set: \(CommandError.describe(error))")
        }
        say("set the password of role \(Configuration.serverRole)")
    }

    private func exists(table: String) throws(CommandError) -> Bool {
        try query("SELECT to_regclass($1) IS NOT NULL", [table]).first?.first == "t"
    }

    private func exists(function: String) throws(CommandError) -> Bool {
        try query("SELECT to_regprocedure($1) IS NOT NULL", [function]).first?.first == "t"
    }

    private func perform(_ script: String) throws(CommandError) {
        do throws(PostgresError) { try connection.run(script) } catch { throw .postgres(error) }
    }

    private func query(_ sql: String, _ parameters: [String?] = []) throws(CommandError) -> [[String?]] {
        do throws(PostgresError) { return try connection.rows(sql, parameters) } catch { throw .postgres(error) }
    }
}

/// One element of PostgreSQL's text form of an array.
private func arrayElement(_ text: String) -> String {
    var element = "\""
    for scalar in text.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { element.unicodeScalars.append("\\") }
        element.unicodeScalars.append(scalar)
    }
    return element + "\""
}

private func measured(
    _ clock: ContinuousClock, _ body: () throws(CommandError) -> Void
) throws(CommandError) -> Duration {
    let start = clock.now
    try body()
    return clock.now - start
}

private func milliseconds(_ duration: Duration) -> Int { Int((duration / .milliseconds(1)).rounded()) }
