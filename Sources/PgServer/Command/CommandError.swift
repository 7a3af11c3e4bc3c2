/// Why a command stops: the words to print on standard error and the status to exit with.
package struct CommandError: Error, Equatable, Sendable {
    package var message: String
    package var exitStatus: Int32

    package init(message: String, exitStatus: Int32) {
        self.message = message
        self.exitStatus = exitStatus
    }

    /// The world was not as the command needs it.
    static func failed(_ message: String) -> CommandError { CommandError(message: message, exitStatus: 1) }

    /// The command line was not understood; `EX_USAGE` of sysexits.h.
    static func usage(_ message: String) -> CommandError { CommandError(message: message, exitStatus: 64) }

    /// The environment was not understood; `EX_CONFIG` of sysexits.h.
    static func configuration(_ error: ConfigurationError) -> CommandError {
        CommandError(message: error.sentences.joined(separator: "\n"), exitStatus: 78)
    }

    static func postgres(_ error: PostgresError) -> CommandError { .failed(describe(error)) }

    /// PostgreSQL's words, as far as they help the administrator, who may see all of them.
    static func describe(_ error: PostgresError) -> String {
        var lines = ["\(error.failure.message) (\(error.failure.sqlState))"]
        if let detail = error.failure.detail { lines.append("    detail: \(detail)") }
        if let hint = error.failure.hint { lines.append("    hint: \(hint)") }
        if let context = error.context {
            lines += context.split(separator: "\n").map { "    at: \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
