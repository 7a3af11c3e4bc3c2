@preconcurrency import Glibc

/// The variables the process was started with, read once.
package struct Environment: Sendable {
    let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    /// Copies the environment of this process. Called before any thread is started, so nobody changes it meanwhile.
    package static func ofProcess() -> Environment {
        var variables: [String: String] = [:]
        var index = 0
        while let entry = environ[index] {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            index += 1
        }
        return Environment(variables)
    }

    subscript(name: String) -> String? { variables[name] }
}
