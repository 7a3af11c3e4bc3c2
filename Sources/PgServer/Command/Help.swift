/// The texts of `--help`, made from the tables of commands and options.
enum Help {
    static var program: String {
        let commands = Command.allCases.map { ($0.rawValue, $0.summary) }
        return """
            PgServer \(version): serves an API whose logic is a PostgreSQL database.

            Usage: pg-server COMMAND [options]
                   pg-server COMMAND --help

            Commands:
            \(columns(commands))

            Environment:
            \(Configuration.options.map(entry).joined(separator: "\n"))
            """
    }

    static func command(_ command: Command) -> String {
        let usage = ["Usage: pg-server", command.rawValue, command.usage].filter { !$0.isEmpty }.joined(separator: " ")
        let options = command.options.map { option in
            ([option.name, option.valueName].compactMap { $0 }.joined(separator: " "), option.summary)
        }
        return [usage, "", command.summary, options.isEmpty ? nil : "\nOptions:\n\(columns(options))"]
            .compactMap { $0 }.joined(separator: "\n")
    }

    private static func entry(_ option: Option) -> String {
        let fallback = option.defaultText.isEmpty ? "" : " Default: \(option.defaultText)."
        let file = option.fileName.map { " Or \($0): a file that holds it." } ?? ""
        return "  \(option.name)\n      \(option.summary) Expects \(option.expectation).\(fallback)\(file)"
    }

    private static func columns(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, text in "  \(padded(name, to: width))  \(text)" }.joined(separator: "\n")
    }
}

/// A text followed by blanks up to a width, in characters.
func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
