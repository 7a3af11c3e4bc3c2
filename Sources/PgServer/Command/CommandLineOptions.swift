/// The words after the name of a command, sorted into options and operands.
struct CommandLineOptions: Equatable {
    private(set) var values: [String: String] = [:]
    private(set) var operands: [String] = []

    /// - Parameter command: Says which options there are, and which of them take a value.
    /// - Throws: `.usage` for an option that the command does not have, or whose value is missing.
    init(_ words: some Sequence<String>, for command: Command) throws(CommandError) {
        var words = Array(words)[...]
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                operands.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let option = command.options.first(where: { $0.name == parts[0] }) else {
                let nearest = nearestName(to: parts[0], among: command.options.map(\.name))
                throw .usage(
                    "pg-server \(command.rawValue): there is no option \(parts[0])"
                        + (nearest.map { "; did you mean \($0)?" } ?? "; --help lists them."))
            }
            if option.valueName == nil {
                guard parts.count == 1 else { throw .usage("\(option.name) takes no value.") }
                values[option.name] = ""
            } else if parts.count == 2 {
                values[option.name] = parts[1]
            } else {
                guard let value = words.popFirst() else { throw .usage("\(option.name) needs a value.") }
                values[option.name] = value
            }
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func required(_ name: String) throws(CommandError) -> String {
        guard let value = values[name], !value.isEmpty else { throw .usage("\(name) is needed.") }
        return value
    }
}
