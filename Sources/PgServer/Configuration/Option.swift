/// One variable of the environment: its name, how its value is written, and where that value goes.
struct Option: Sendable {
    let name: String
    let summary: String
    /// Completes the sentence "expected …".
    let expectation: String
    /// The value without the variable, as it would be written; empty if there is none.
    let defaultText: String
    /// A secret's value appears in no message.
    let isSecret: Bool
    /// The variable that names a file with the value instead; secrets have one.
    var fileName: String? { isSecret ? name + SecretFile.suffix : nil }
    private let assign: @Sendable (String, inout Configuration) -> Bool

    /// - Parameter defaultText: Words for a default that depends on the machine; otherwise the property's first value.
    init<Value>(
        _ name: String,
        _ property: any WritableKeyPath<Configuration, Value> & Sendable,
        _ syntax: Syntax<Value>,
        isSecret: Bool = false,
        defaultText: String? = nil,
        _ summary: String
    ) {
        self.name = name
        self.summary = summary
        self.isSecret = isSecret
        expectation = syntax.expectation
        self.defaultText = defaultText ?? syntax.write(Configuration()[keyPath: property])
        assign = { text, configuration in
            guard let value = syntax.read(text) else { return false }
            configuration[keyPath: property] = value
            return true
        }
    }

    /// Puts the value where it belongs.
    ///
    /// - Returns: the sentence to show when the text is not what is expected.
    func apply(_ text: String, to configuration: inout Configuration) -> String? {
        guard !assign(text, &configuration) else { return nil }
        let found = isSecret ? "its value" : "'\(text)'"
        return "\(name): \(found) is not valid; expected \(expectation)."
    }
}
