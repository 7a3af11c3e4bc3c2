/// One file below the sql folder, and what its first lines ask for.
struct SQLFile: Equatable, Sendable {
    /// With which rights a file runs.
    enum Runner: Equatable, Sendable {
        case administrator
        case role(String)
    }

    /// Relative to the sql folder, such as `functions/auth/login.sql`.
    let path: String
    let text: String
    let runner: Runner
    /// Paths of the files that must have run before this one, relative to the sql folder.
    let requires: [String]

    /// The role that owns what a file makes, unless the file says otherwise.
    static let ownerRole = "pgserver_owner"

    /// Numbered, applied once and never edited; any other file is applied again when its text changes.
    var isSchema: Bool { path.hasPrefix("schema/") }

    /// - Throws: a sentence when a header names no role or no path.
    init(path: String, text: String) throws(CommandError) {
        self.path = path
        self.text = text
        let header = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("--") }

        let runsAs = header.first.flatMap { Self.value(of: "Runs as", in: $0) }
        switch runsAs {
        case nil: runner = .role(Self.ownerRole)
        case "administrator": runner = .administrator
        case let name?: runner = .role(name)
        }
        if runsAs == "" { throw .failed("\(path):1: 'Runs as:' names no role") }

        requires = header.compactMap { Self.value(of: "Requires", in: $0) }
            .flatMap { $0.split(separator: ",").map { trimmingBlanks($0) } }
            .map { $0.hasPrefix("sql/") ? String($0.dropFirst(4)) : $0 }
    }

    private static func value(of name: String, in line: Substring) -> String? {
        let comment = trimmingBlanks(line.dropFirst(2))
        guard comment.hasPrefix("\(name):") else { return nil }
        return trimmingBlanks(comment.dropFirst(name.count + 1))
    }
}
